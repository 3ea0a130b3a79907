import { lexicographicSortSchema, printSchema } from 'graphql';
import { buildReweighSchema } from './build-schema.ts';

/** The SDL of the public schema, sorted, so that a change of order is no change. */
export function printReweighSchema(): string {
  return `${printSchema(lexicographicSortSchema(buildReweighSchema()))}\n`;
}

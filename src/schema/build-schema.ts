import 'reflect-metadata';
import { buildSchemaSync, type NonEmptyArray } from 'type-graphql';
import { CollectionResolver } from '../resolvers/collection.ts';
import { USER_ERRORS } from './user-error.ts';
import type { GraphQLSchema } from 'graphql';

/** Every resolver class; the root fields of the schema are theirs. */
const RESOLVERS = [CollectionResolver] as const satisfies NonEmptyArray<unknown>;

let schema: GraphQLSchema | undefined;

/** The public schema. Built once per process: type-graphql keeps what it reads from the decorators in global state. */
export function buildReweighSchema(): GraphQLSchema {
  return (schema ??= buildSchemaSync({
    resolvers: [...RESOLVERS] as NonEmptyArray<(typeof RESOLVERS)[number]>,
    orphanedTypes: [...USER_ERRORS],
    validate: false,
  }));
}

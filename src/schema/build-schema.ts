import 'reflect-metadata';
import { buildSchemaSync, type NonEmptyArray } from 'type-graphql';
import { CollectionResolver } from '../resolvers/collection.ts';
import { DocumentResolver } from '../resolvers/document.ts';
import { ExecutionResolver } from '../resolvers/execution.ts';
import { ExplainResolver } from '../resolvers/explain.ts';
import { FeatureResolver } from '../resolvers/feature.ts';
import { InteractionResolver } from '../resolvers/interaction.ts';
import { NodeResolver } from '../resolvers/node.ts';
import { RetrieverResolver } from '../resolvers/retriever.ts';
import { WeightsResolver } from '../resolvers/weights.ts';
import { USER_ERRORS } from './user-error.ts';
import type { GraphQLSchema } from 'graphql';

/** Every resolver class; the root fields of the schema are theirs. */
const RESOLVERS = [
  NodeResolver,
  CollectionResolver,
  FeatureResolver,
  DocumentResolver,
  RetrieverResolver,
  ExplainResolver,
  ExecutionResolver,
  InteractionResolver,
  WeightsResolver,
] as const satisfies NonEmptyArray<unknown>;

let schema: GraphQLSchema | undefined;

/** The public schema. Built once per process: type-graphql keeps what it reads from the decorators in global state. */
export function buildReweighSchema(): GraphQLSchema {
  return (schema ??= buildSchemaSync({
    resolvers: [...RESOLVERS] as NonEmptyArray<(typeof RESOLVERS)[number]>,
    orphanedTypes: [...USER_ERRORS],
    validate: false,
    // The tests do: checking takes a tenth of a start.
    skipCheck: true,
  }));
}

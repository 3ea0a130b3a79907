import { Field, Float, Int, ObjectType } from 'type-graphql';
import { EmbedderKinds, Normalizations, OnEmpties, SearchMethods, Similarities } from './enums.ts';
import { Json, SafeInt } from './scalars.ts';
import { NoticeType } from './execution.ts';
import { FusionType, RetrieverType, RetrieverVersionType } from './retriever.ts';
import type { EmbedderKind, Similarity } from '../engine/collection/collection.ts';
import type { SearchMethod } from '../engine/search/search-backend.ts';
import type { Normalization, OnEmpty } from '../engine/retriever/retriever.ts';

@ObjectType('ExplainedNormalization', {
  description: 'How the raw scores of one feature would become comparable.',
  simpleResolvers: true,
})
export class ExplainedNormalizationType {
  @Field(() => Normalizations, {
    description: 'The rule in force: SIMILARITY where BACKGROUND is still missing.',
  })
  rule!: Normalization;

  @Field(() => Float, { nullable: true, description: 'Mean of the background; null for other rules.' })
  mean!: number | null;

  @Field(() => Float, { nullable: true, description: 'Deviation of the background; null for other rules.' })
  deviation!: number | null;
}

@ObjectType('EstimatedCost', {
  description:
    'What searching is expected to cost at most, where no filter narrows it. Nothing is run to tell.',
  simpleResolvers: true,
})
export class EstimatedCostType {
  @Field(() => Int, { description: 'kNN sent to the search backend; with COMPLETE the second ones too.' })
  requests!: number;

  @Field(() => SafeInt, { description: 'Stored vectors compared with the input.' })
  vectors!: number;

  @Field(() => SafeInt, { description: 'Bytes of vectors read to compare them: 4 per number.' })
  bytes!: number;
}

@ObjectType('ExplainedSearch', {
  description: 'What one search would do in one collection.',
  simpleResolvers: true,
})
export class ExplainedSearchType {
  @Field(() => String, { description: 'URI of the feature.' })
  feature!: string;

  @Field(() => String, { description: 'Name of the collection.' })
  collection!: string;

  @Field(() => String, { description: 'Template of what is searched for.' })
  input!: string;

  @Field(() => Json, {
    nullable: true,
    description:
      'What is searched for with the given inputs; a vector as its length; null: nothing, or no inputs given.',
  })
  value!: unknown;

  @Field(() => EmbedderKinds, { description: 'How a text would become a vector.' })
  embedder!: EmbedderKind;

  @Field(() => Int, { description: 'Numbers in its vectors.' })
  dims!: number;

  @Field(() => Similarities, { description: 'How vectors are compared.' })
  similarity!: Similarity;

  @Field(() => Int, { description: 'Length of its ranked list.' })
  topK!: number;

  @Field(() => Int, {
    nullable: true,
    description: 'Candidates an approximate index looks at; null: its default.',
  })
  numCandidates!: number | null;

  @Field(() => Float, { nullable: true, description: 'Rescoring factor of a quantized index; null: none.' })
  oversample!: number | null;

  @Field(() => Float, { nullable: true, description: 'Least raw score; null: none.' })
  minScore!: number | null;

  @Field(() => OnEmpties, { description: 'What it does with nothing to search with.' })
  onEmpty!: OnEmpty;

  @Field(() => Float, { description: 'Weight or factor while there is no evidence.' })
  weight!: number;

  @Field(() => ExplainedNormalizationType, { description: 'How its raw scores would become comparable.' })
  normalization!: ExplainedNormalizationType;

  @Field(() => Json, {
    nullable: true,
    description:
      'The filters of the retriever and the search together, in the form of FilterInput: with the given inputs put in, or with their templates; null: none.',
  })
  filter!: unknown;

  @Field(() => SafeInt, { description: 'Documents of the collection that have the feature.' })
  documents!: number;

  @Field(() => SearchMethods, { description: 'How the backend searches it.' })
  method!: SearchMethod;

  @Field(() => EstimatedCostType, {
    description:
      'What it is expected to cost; nothing where inputs are given and leave nothing to search with.',
  })
  cost!: EstimatedCostType;
}

@ObjectType('Explanation', {
  description: 'What an execution would do, without doing it.',
  simpleResolvers: true,
})
export class ExplanationType {
  @Field(() => RetrieverType, { description: 'The retriever.' })
  retriever!: RetrieverType;

  @Field(() => RetrieverVersionType, { description: 'The version that would run.' })
  version!: RetrieverVersionType;

  @Field(() => FusionType, { description: 'How the ranked lists would become one.' })
  fusion!: FusionType;

  @Field(() => Int, { description: 'Hits kept after fusion.' })
  finalTopK!: number;

  @Field(() => String, { description: 'The learning generation its pages would count in.' })
  generation!: string;

  @Field(() => [ExplainedSearchType], {
    description: 'Its searches, in order; each once for every collection that has its feature.',
  })
  searches!: readonly ExplainedSearchType[];

  @Field(() => [NoticeType], { description: 'What an execution would point out.' })
  notices!: readonly NoticeType[];

  @Field(() => Int, { description: 'Most distinct candidates that fusion can meet.' })
  mostCandidates!: number;

  @Field(() => SafeInt, { description: 'Similarities an exact search computes where no filter narrows it.' })
  similarities!: number;

  @Field(() => EstimatedCostType, { description: 'What all searches together are expected to cost.' })
  cost!: EstimatedCostType;
}

import { Field, Float, Int, ObjectType } from 'type-graphql';
import { DateTime, Json } from './scalars.ts';
import {
  FusionStrategies,
  InputRoles,
  InputTypes,
  MissingRules,
  Normalizations,
  OnEmpties,
  StaticStrategies,
} from './enums.ts';
import { connectionOf } from './page.ts';
import { LearningType } from './learning.ts';
import { Node, type Lazy } from './node.ts';
import type {
  FusionStrategy,
  InputRole,
  InputType,
  MissingRule,
  Normalization,
  OnEmpty,
  StaticStrategy,
} from '../engine/retriever/retriever.ts';
import type { Uuid } from '../engine/ids.ts';

@ObjectType('InputDeclaration', { description: 'A declared input of a retriever.', simpleResolvers: true })
export class InputDeclarationType {
  @Field(() => String, { description: 'Its name, for {{INPUT.name}}.' })
  name!: string;

  @Field(() => InputTypes, { description: 'What it holds.' })
  type!: InputType;

  @Field(() => Boolean, { description: 'Whether it must be given.' })
  required!: boolean;

  @Field(() => Json, { nullable: true, description: 'Its value where none is given; null: none.' })
  default!: unknown;

  @Field(() => InputRoles, { description: 'What it also says about the execution.' })
  role!: InputRole;
}

@ObjectType('Search', { description: 'One feature’s request in a retriever.', simpleResolvers: true })
export class SearchType {
  @Field(() => String, { description: 'URI of the feature.' })
  feature!: string;

  @Field(() => String, { description: 'Template of what is searched for.' })
  input!: string;

  @Field(() => Int, { description: 'Length of its ranked list.' })
  topK!: number;

  @Field(() => Int, {
    nullable: true,
    description: 'Candidates an approximate index looks at; null: its default.',
  })
  numCandidates!: number | null;

  @Field(() => Float, { nullable: true, description: 'Rescoring factor of a quantized index; null: none.' })
  oversample!: number | null;

  @Field(() => Float, { nullable: true, description: 'Least raw score, before fusion; null: none.' })
  minScore!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Its factor, weight or prior as given; null: not given.',
  })
  weight!: number | null;

  @Field(() => Json, { nullable: true, description: 'Its filter, in the form of FilterInput.' })
  filter!: unknown;

  @Field(() => OnEmpties, { description: 'What it does with nothing to search with.' })
  onEmpty!: OnEmpty;
}

@ObjectType('Fusion', { description: 'How the ranked lists become one.', simpleResolvers: true })
export class FusionType {
  @Field(() => FusionStrategies, { description: 'The strategy.' })
  strategy!: FusionStrategy;

  @Field(() => Int, { description: 'k of RRF.' })
  rrfK!: number;

  @Field(() => Normalizations, { description: 'How raw scores become comparable.' })
  normalization!: Normalization;

  @Field(() => MissingRules, { description: 'What a candidate’s score is in a list that lacks it.' })
  missing!: MissingRule;

  @Field(() => StaticStrategies, {
    nullable: true,
    description: 'What a LEARNED retriever serves where it does not serve learned weights; null for others.',
  })
  staticArm!: StaticStrategy | null;
}

@ObjectType('GroupBy', {
  description: 'Of the hits that share a value of a field only so many are served.',
  simpleResolvers: true,
})
export class GroupByType {
  @Field(() => String, { description: 'The field. A document without a value is a group of its own.' })
  field!: string;

  @Field(() => Int, { description: 'Most hits of one group.' })
  limit!: number;
}

@ObjectType('RetrieverVersion', {
  implements: Node,
  description: 'One version of a retriever. It never changes.',
  simpleResolvers: true,
})
export class RetrieverVersionType extends Node {
  @Field(() => Int, { description: 'Its number, from 1 without gaps.' })
  version!: number;

  @Field(() => [String], { description: 'Names of the collections it searches.' })
  collections!: readonly string[];

  @Field(() => [InputDeclarationType], { description: 'The inputs it takes.' })
  inputs!: readonly InputDeclarationType[];

  @Field(() => [SearchType], { description: 'Its searches, each another feature.' })
  searches!: readonly SearchType[];

  @Field(() => FusionType, { description: 'How the ranked lists become one.' })
  fusion!: FusionType;

  @Field(() => LearningType, { description: 'How it learns.' })
  learning!: LearningType;

  @Field(() => Json, { nullable: true, description: 'Filter of every search, in the form of FilterInput.' })
  filter!: unknown;

  @Field(() => Int, { description: 'Hits kept after fusion.' })
  finalTopK!: number;

  @Field(() => GroupByType, { nullable: true, description: 'How hits are grouped; null: not at all.' })
  groupBy!: GroupByType | null;

  @Field(() => String, { nullable: true, description: 'What it is for.' })
  description!: string | null;

  @Field(() => DateTime, { description: 'When it was made.' })
  createdAt!: Date;
}

@ObjectType('RetrieverOrigin', { description: 'What a retriever was cloned from.', simpleResolvers: true })
export class RetrieverOriginType {
  @Field(() => RetrieverType, {
    nullable: true,
    description: 'The retriever; null where it has been deleted.',
  })
  retriever!: Lazy<RetrieverType | null>;

  @Field(() => Int, { description: 'Its version that was copied.' })
  version!: number;
}

@ObjectType('Retriever', {
  implements: Node,
  description: 'A named recipe for a search, with its versions.',
  simpleResolvers: true,
})
export class RetrieverType extends Node {
  @Field(() => String, { description: 'Its name, unique in the namespace.' })
  name!: string;

  @Field(() => Int, { description: 'Number of its latest version.' })
  latestVersion!: number;

  @Field(() => RetrieverVersionType, { description: 'Its latest version: the one that is served.' })
  latest!: Lazy<RetrieverVersionType>;

  @Field(() => RetrieverOriginType, {
    nullable: true,
    description: 'What it was cloned from; null: nothing.',
  })
  clonedFrom!: RetrieverOriginType | null;

  @Field(() => DateTime, { description: 'When it was created.' })
  createdAt!: Date;

  /** For the fields that have resolvers of their own. */
  uuid!: Uuid;
}

export const RetrieverConnection = connectionOf('Retriever', 'retrievers', () => RetrieverType);
export const RetrieverVersionConnection = connectionOf(
  'RetrieverVersion',
  'versions of a retriever',
  () => RetrieverVersionType,
);

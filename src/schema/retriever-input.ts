import { Field, Float, InputType, Int, ObjectType } from 'type-graphql';
import { FilterInput } from './filter.ts';
import {
  FusionStrategies,
  InputRoles,
  InputTypes,
  MissingRules,
  Normalizations,
  OnEmpties,
  StaticStrategies,
} from './enums.ts';
import { InteractionKinds } from './enums.ts';
import { Json } from './scalars.ts';
import { LearningInput } from './learning.ts';
import { RetrieverType } from './retriever.ts';
import { USER_ERRORS_FIELD, UserErrorType, type Payload } from './user-error.ts';
import type { InteractionKind } from '../engine/learning/reward.ts';
import type {
  FusionStrategy,
  InputRole,
  InputType as InputValueType,
  MissingRule,
  Normalization,
  OnEmpty,
  StaticStrategy,
} from '../engine/retriever/retriever.ts';

@InputType('InputDeclarationInput', { description: 'Declares an input of a retriever.' })
export class InputDeclarationInput {
  @Field(() => String, { description: '1 to 64 letters, digits or "_", not starting with a digit.' })
  name!: string;

  @Field(() => InputTypes, { description: 'What it holds.' })
  type!: InputValueType;

  @Field(() => Boolean, { defaultValue: false, description: 'Whether it must be given.' })
  required!: boolean;

  @Field(() => Json, {
    nullable: true,
    description: 'Its value where none is given, of its type; not for VECTOR and DOCUMENT.',
  })
  default?: unknown;

  @Field(() => InputRoles, { defaultValue: 'NONE', description: 'What it also says about the execution.' })
  role!: InputRole;
}

@InputType('SearchInput', { description: 'One feature’s request.' })
export class SearchInput {
  @Field(() => String, {
    description:
      'URI of a feature of at least one collection; each at most once. Where several have it, with the same dims and similarity.',
  })
  feature!: string;

  @Field(() => String, {
    description: 'Template such as {{INPUT.query}}; a VECTOR or DOCUMENT input stands alone.',
  })
  input!: string;

  @Field(() => Int, { nullable: true, description: 'Length of its ranked list, 1 to 1,000; 100.' })
  topK?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Candidates an approximate index looks at, topK to 10,000; exact search ignores it.',
  })
  numCandidates?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Rescoring factor of a quantized index, 1 to 10; exact search ignores it.',
  })
  oversample?: number | null;

  @Field(() => Float, { nullable: true, description: 'Least raw score, inclusive, before fusion.' })
  minScore?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Factor of RRF, DBSF, MAX; weight of WEIGHTED; prior of LEARNED. 0 to 1,000,000.',
  })
  weight?: number | null;

  @Field(() => FilterInput, { nullable: true, description: 'Which documents it may find.' })
  filter?: FilterInput | null;

  @Field(() => OnEmpties, { nullable: true, description: 'What it does with nothing to search with; ERROR.' })
  onEmpty?: OnEmpty | null;
}

@InputType('FusionInput', { description: 'How the ranked lists become one.' })
export class FusionInput {
  @Field(() => FusionStrategies, { nullable: true, description: 'The strategy; LEARNED.' })
  strategy?: FusionStrategy | null;

  @Field(() => Int, { nullable: true, description: 'k of RRF, 1 to 10,000; 60.' })
  rrfK?: number | null;

  @Field(() => Normalizations, {
    nullable: true,
    description: 'How raw scores become comparable; BACKGROUND.',
  })
  normalization?: Normalization | null;

  @Field(() => MissingRules, {
    nullable: true,
    description:
      'What a candidate’s score is in a list that lacks it; ZERO. COMPLETE: with LEARNED, WEIGHTED or MAX, and with BACKGROUND, SIMILARITY, L2 or TMM.',
  })
  missing?: MissingRule | null;

  @Field(() => StaticStrategies, {
    nullable: true,
    description: 'What a LEARNED retriever serves where it does not serve learned weights; WEIGHTED.',
  })
  staticArm?: StaticStrategy | null;
}

@InputType('GroupByInput', {
  description: 'Of the hits that share a value of a field only so many are served; the order stays.',
})
export class GroupByInput {
  @Field(() => String, {
    description: 'A KEYWORD, NUMBER or BOOLEAN field with one value, declared by every collection.',
  })
  field!: string;

  @Field(() => Int, { nullable: true, description: 'Most hits of one group, 1 to 500; 1.' })
  limit?: number | null;
}

@InputType('RetrieverSpecInput', { description: 'A recipe for a search.' })
export class RetrieverSpecInput {
  @Field(() => [String], { description: 'Names of the 1 to 5 collections it searches.' })
  collections!: string[];

  @Field(() => [InputDeclarationInput], { defaultValue: [], description: 'The inputs it takes, at most 50.' })
  inputs!: InputDeclarationInput[];

  @Field(() => [SearchInput], { description: '1 to 10 searches.' })
  searches!: SearchInput[];

  @Field(() => FusionInput, { nullable: true, description: 'How the ranked lists become one.' })
  fusion?: FusionInput | null;

  @Field(() => LearningInput, { nullable: true, description: 'How it learns.' })
  learning?: LearningInput | null;

  @Field(() => FilterInput, { nullable: true, description: 'Which documents any search may find.' })
  filter?: FilterInput | null;

  @Field(() => Int, { nullable: true, description: 'Hits kept after fusion, 1 to 500; 25.' })
  finalTopK?: number | null;

  @Field(() => GroupByInput, { nullable: true, description: 'How hits are grouped; not at all.' })
  groupBy?: GroupByInput | null;

  @Field(() => String, { nullable: true, description: 'What it is for, at most 2,000 characters.' })
  description?: string | null;
}

@InputType('CreateRetrieverInput', { description: 'A retriever to create.' })
export class CreateRetrieverInput {
  @Field(() => String, {
    description: '1 to 64 letters, digits, "_", "." or "-", starting with a letter or digit.',
  })
  name!: string;

  @Field(() => RetrieverSpecInput, { description: 'The recipe of its version 1.' })
  spec!: RetrieverSpecInput;
}

@InputType('UpdateRetrieverInput', { description: 'A new version of a retriever.' })
export class UpdateRetrieverInput {
  @Field(() => String, { description: 'Its name.' })
  retriever!: string;

  @Field(() => Int, {
    description: 'The version the update is based on; refused where it is not the latest.',
  })
  expectedVersion!: number;

  @Field(() => RetrieverSpecInput, { description: 'The whole recipe of the new version.' })
  spec!: RetrieverSpecInput;
}

@InputType('CloneRetrieverInput', { description: 'A retriever to copy.' })
export class CloneRetrieverInput {
  @Field(() => String, { description: 'Name of the retriever to copy.' })
  retriever!: string;

  @Field(() => Int, { nullable: true, description: 'Its version to copy; null: the latest.' })
  version?: number | null;

  @Field(() => String, { description: 'Name of the copy.' })
  name!: string;
}

@InputType('DeleteRetrieverInput', { description: 'A retriever to delete.' })
export class DeleteRetrieverInput {
  @Field(() => String, { description: 'Its name.' })
  retriever!: string;
}

@ObjectType({ description: 'What a mutation did to a retriever.', simpleResolvers: true })
class RetrieverPayload implements Payload {
  @Field(() => RetrieverType, { nullable: true, description: 'The retriever; null where refused.' })
  retriever!: RetrieverType | null;

  @Field(() => [InteractionKinds], {
    description: 'Kinds of interaction that earn something by default and nothing under the new reward map.',
  })
  kindsWithoutReward!: readonly InteractionKind[];

  @Field(() => [UserErrorType], USER_ERRORS_FIELD)
  userErrors!: readonly UserErrorType[];
}

@ObjectType('CreateRetrieverPayload', { description: 'What createRetriever did.', simpleResolvers: true })
export class CreateRetrieverPayload extends RetrieverPayload {}

@ObjectType('UpdateRetrieverPayload', { description: 'What updateRetriever did.', simpleResolvers: true })
export class UpdateRetrieverPayload extends RetrieverPayload {}

@ObjectType('CloneRetrieverPayload', { description: 'What cloneRetriever did.', simpleResolvers: true })
export class CloneRetrieverPayload extends RetrieverPayload {}

@ObjectType('DeleteRetrieverPayload', { description: 'What deleteRetriever did.', simpleResolvers: true })
export class DeleteRetrieverPayload implements Payload {
  @Field(() => String, { nullable: true, description: 'Name of the deleted retriever; null where refused.' })
  deleted!: string | null;

  @Field(() => [UserErrorType], USER_ERRORS_FIELD)
  userErrors!: readonly UserErrorType[];
}

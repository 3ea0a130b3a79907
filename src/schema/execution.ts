import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import {
  Assignments,
  DegradationCodes,
  FusionStrategies,
  InputTypes,
  Levels,
  Normalizations,
  NoticeCodes,
} from './enums.ts';
import { DateTime, Json } from './scalars.ts';
import { DocumentType } from './document.ts';
import { RetrieverType } from './retriever.ts';
import { connectionOf, type Connection } from './page.ts';
import { Node, type Lazy } from './node.ts';
import type { Assignment, DegradationCode, Level, NoticeCode } from '../engine/execution/record.ts';
import type {
  FusionStrategy,
  InputType as InputValueType,
  Normalization,
} from '../engine/retriever/retriever.ts';

@ObjectType('Contribution', {
  description: 'A feature’s part of a hit’s fused score.',
  simpleResolvers: true,
})
export class ContributionType {
  @Field(() => String, { description: 'URI of the feature.' })
  feature!: string;

  @Field(() => Int, {
    nullable: true,
    description: 'Rank in the feature’s own list, from 1; null: not in it.',
  })
  rank!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Raw similarity; null: not known. Without a rank: asked for after the search.',
  })
  rawScore!: number | null;

  @Field(() => Float, { description: 'Normalized score; 0 where the raw one is not known.' })
  normalizedScore!: number;

  @Field(() => Float, { description: 'Weight or factor the feature was served with.' })
  weight!: number;

  @Field(() => Float, { description: 'Its part of the fused score.' })
  contribution!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Its share of the absolute contributions; null where all are 0.',
  })
  share!: number | null;
}

@ObjectType('Hit', { description: 'A document in a served order.', simpleResolvers: true })
export class HitType {
  @Field(() => ID, { description: 'Opaque; enough to report what a user did to it.' })
  id!: string;

  @Field(() => Int, { description: 'Place in the served order, from 1.' })
  rank!: number;

  @Field(() => Float, { description: 'Fused score.' })
  score!: number;

  @Field(() => ID, { description: 'Id of the document in its collection.' })
  documentId!: string;

  @Field(() => DocumentType, {
    nullable: true,
    description: 'The document as it is now; null where it is gone.',
  })
  document!: Lazy<DocumentType | null>;

  @Field(() => [ContributionType], { description: 'How the score came about, in order of the searches.' })
  contributions!: Lazy<readonly ContributionType[]>;
}

export const HitConnection = connectionOf('Hit', 'hits of an execution', () => HitType);

@ObjectType('ServedWeight', { description: 'What a feature was served with.', simpleResolvers: true })
export class ServedWeightType {
  @Field(() => String, { description: 'URI of the feature.' })
  feature!: string;

  @Field(() => Float, { description: 'Weight (of sum 1) or factor; 0 for a feature that was left out.' })
  weight!: number;
}

@ObjectType('RecordedInput', { description: 'An input as it was given.', simpleResolvers: true })
export class RecordedInputType {
  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => InputTypes, { description: 'What it holds.' })
  type!: InputValueType;

  @Field(() => Json, { nullable: true, description: 'Its value; null for a vector, which is not kept.' })
  value!: unknown;

  @Field(() => Int, { nullable: true, description: 'Numbers in the vector; null for other types.' })
  dims!: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'SHA-256 of the vector’s little-endian float32 bytes; null for other types.',
  })
  sha256!: string | null;
}

@ObjectType('Timing', { description: 'How long a stage took.', simpleResolvers: true })
export class TimingType {
  @Field(() => String, { description: 'Name of the stage; `total` is the whole.' })
  stage!: string;

  @Field(() => Float, { description: 'Its duration in milliseconds.' })
  milliseconds!: number;
}

@ObjectType('Degradation', {
  description: 'A feature that was left out, or used in part.',
  simpleResolvers: true,
})
export class DegradationType {
  @Field(() => DegradationCodes, { description: 'What happened.' })
  code!: DegradationCode;

  @Field(() => String, { description: 'URI of the feature.' })
  feature!: string;

  @Field(() => String, { description: 'Why.' })
  message!: string;
}

@ObjectType('Notice', { description: 'Something worth knowing about an execution.', simpleResolvers: true })
export class NoticeType {
  @Field(() => NoticeCodes, { description: 'What it is about.' })
  code!: NoticeCode;

  @Field(() => String, { nullable: true, description: 'URI of the feature it concerns; null: the whole.' })
  feature!: string | null;

  @Field(() => String, { description: 'What is the matter.' })
  message!: string;
}

@ObjectType('Execution', {
  implements: Node,
  description: 'One run of a retriever: its hits, how they came about, and what it was served with.',
  simpleResolvers: true,
})
export class ExecutionType extends Node {
  @Field(() => String, { description: 'Name of the retriever.' })
  retrieverName!: string;

  @Field(() => RetrieverType, {
    nullable: true,
    description: 'The retriever; null where it has been deleted.',
  })
  retriever!: Lazy<RetrieverType | null>;

  @Field(() => Int, { description: 'Version of the retriever.' })
  version!: number;

  @Field(() => HitConnection, {
    description: 'A page of its hits: the one that was asked for, in the order of the first page.',
  })
  hits!: Connection<HitType>;

  @Field(() => Int, { description: 'Distinct candidates over all ranked lists.' })
  candidateCount!: number;

  @Field(() => [ServedWeightType], { description: 'Weights or factors it was served with.' })
  weights!: Lazy<readonly ServedWeightType[]>;

  @Field(() => Levels, { description: 'Whose evidence the weights rest on.' })
  level!: Level;

  @Field(() => String, { description: 'Why these weights.' })
  reason!: string;

  @Field(() => String, { description: 'Learning generation: pages of another one are not added up with it.' })
  generation!: string;

  @Field(() => Assignments, { description: 'Which arm was served.' })
  assignment!: Assignment;

  @Field(() => FusionStrategies, { description: 'How the ranked lists became one.' })
  strategy!: FusionStrategy;

  @Field(() => Normalizations, { description: 'How raw scores became comparable.' })
  normalization!: Normalization;

  @Field(() => [DegradationType], {
    description: 'Features left out or used in part; such a page does not teach.',
  })
  degradations!: readonly DegradationType[];

  @Field(() => [NoticeType], { description: 'What else is worth knowing.' })
  notices!: readonly NoticeType[];

  @Field(() => [TimingType], { description: 'How long its stages took, in order of their end.' })
  timings!: readonly TimingType[];

  @Field(() => [RecordedInputType], { description: 'Its inputs.' })
  inputs!: Lazy<readonly RecordedInputType[]>;

  @Field(() => String, { nullable: true, description: 'Whose it is.' })
  user!: string | null;

  @Field(() => String, { nullable: true, description: 'Its session.' })
  session!: string | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Its segment: values of the segment features; null: none.',
  })
  segment!: readonly string[] | null;

  @Field(() => String, { nullable: true, description: 'Its execution key.' })
  executionKey!: string | null;

  @Field(() => Boolean, {
    description: 'Whether its record is durable; false for a moment after it was served.',
  })
  logged!: Lazy<boolean>;

  @Field(() => DateTime, { description: 'When it was served.' })
  servedAt!: Date;
}

export const ExecutionConnection = connectionOf('Execution', 'executions', () => ExecutionType);

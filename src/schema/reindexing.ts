import { Field, InputType, ObjectType } from 'type-graphql';
import { DateTime, SafeInt } from './scalars.ts';
import { describedEnum } from './enums.ts';
import type { ReindexingState } from '../engine/collection/reindexing.ts';

export const ReindexingStates = describedEnum<ReindexingState>(
  'ReindexingState',
  'How the reindexing of a collection stands.',
  {
    RUNNING: 'Documents are being copied; searches and writes go on meanwhile.',
    DONE: 'The new index serves.',
    FAILED: 'The collection is as it was before, for the reason given.',
  },
);

@ObjectType('Reindexing', {
  description: 'All documents of a collection stored anew, in a new index where the backend has indexes.',
  simpleResolvers: true,
})
export class ReindexingType {
  @Field(() => ReindexingStates, { description: 'How it stands.' })
  state!: ReindexingState;

  @Field(() => SafeInt, { description: 'Documents stored anew; those that changed meanwhile count again.' })
  documents!: number;

  @Field(() => SafeInt, { description: 'Documents to be stored, as far as is known.' })
  total!: number;

  @Field(() => SafeInt, { description: 'Vectors that embedders made.' })
  embedded!: number;

  @Field(() => DateTime, { description: 'When it began.' })
  startedAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it ended; null while it runs.' })
  finishedAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Why it failed; null otherwise.' })
  reason!: string | null;
}

@InputType('ReindexCollectionInput', { description: 'A collection whose documents to store anew.' })
export class ReindexCollectionInput {
  @Field(() => String, { description: 'Its name.' })
  collection!: string;

  @Field(() => [String], {
    nullable: true,
    description:
      'URIs of features whose vectors are all made anew by their embedders. Missing ones are made in any case.',
  })
  embed?: string[] | null;
}

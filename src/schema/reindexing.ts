import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { DateTime, SafeInt } from './scalars.ts';
import { describedEnum } from './enums.ts';
import type { RefusedTexts, ReindexingState } from '../engine/collection/reindexing.ts';

export const ReindexingStates = describedEnum<ReindexingState>(
  'ReindexingState',
  'How the reindexing of a collection stands.',
  {
    RUNNING: 'Documents are being copied; searches and writes go on meanwhile.',
    DONE: 'The new index serves.',
    FAILED: 'The collection is as it was before, for the reason given.',
  },
);

export const RefusedTextsRules = describedEnum<RefusedTexts>(
  'RefusedTexts',
  'What becomes of a reindexing where an embedder refuses the texts of documents.',
  {
    FAIL: 'All documents are looked at, then it fails and lists those that were refused: the collection is as it was.',
    LEAVE_OUT:
      'It goes on to its end; the documents lack the feature. It fails all the same where embedders refuse everything.',
  },
);

@ObjectType('RefusedDocument', {
  description: 'A document whose text an embedder refuses.',
  simpleResolvers: true,
})
export class RefusedDocumentType {
  @Field(() => ID, { description: 'Its id.' })
  documentId!: string;

  @Field(() => String, { description: 'The feature, and what its embedder says.' })
  reason!: string;
}

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

  @Field(() => SafeInt, { description: 'Documents with a text that an embedder refuses, so far.' })
  refused!: number;

  @Field(() => [RefusedDocumentType], { description: 'The first 20 of them.' })
  refusedDocuments!: readonly RefusedDocumentType[];

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

  @Field(() => RefusedTextsRules, {
    defaultValue: 'FAIL',
    description: 'What becomes of it where an embedder refuses the texts of documents.',
  })
  refusedTexts!: RefusedTexts;
}

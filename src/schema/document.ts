import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { CollectionType } from './collection.ts';
import { ErrorCodes } from './error-code.ts';
import { Json, Vector } from './scalars.ts';
import { connectionOf } from './page.ts';
import { describedEnum } from './enums.ts';
import { Node, type Lazy } from './node.ts';
import { USER_ERRORS_FIELD, UserErrorType, type Payload } from './user-error.ts';
import type { ErrorCode } from '../engine/errors.ts';
import type { FieldValues } from '../engine/collection/collection.ts';
import type { GivenVector } from '../engine/vector.ts';

@ObjectType('DocumentVector', { description: 'A document’s vector of one feature.', simpleResolvers: true })
export class DocumentVectorType {
  @Field(() => String, { description: 'URI of the feature.' })
  feature!: string;

  @Field(() => Vector, { description: 'The vector.' })
  vector!: Float32Array;
}

@ObjectType('Document', {
  implements: Node,
  description: 'A document of a collection.',
  simpleResolvers: true,
})
export class DocumentType extends Node {
  @Field(() => ID, { description: 'Its id in the collection, exactly as it was given.' })
  documentId!: string;

  @Field(() => CollectionType, { description: 'The collection it is in.' })
  collection!: Lazy<CollectionType>;

  @Field(() => [DocumentVectorType], { description: 'Its vectors; features it lacks are absent.' })
  vectors!: Lazy<readonly DocumentVectorType[]>;

  /** What the field `fields` chooses from. */
  values!: FieldValues;
}

export const DocumentConnection = connectionOf('Document', 'documents', () => DocumentType);

@InputType('DocumentVectorInput', { description: 'A vector of a document.' })
export class DocumentVectorInput {
  @Field(() => String, { description: 'URI or field of the feature.' })
  feature!: string;

  @Field(() => Vector, {
    nullable: true,
    description: 'The vector; null: the document lacks the feature, and no embedder is asked for it.',
  })
  vector?: GivenVector | null;
}

@InputType('DocumentInput', { description: 'A whole document: it replaces the one with the same id.' })
export class DocumentInput {
  @Field(() => ID, { description: '1 to 512 bytes of UTF-8 without NUL; kept exactly.' })
  id!: string;

  @Field(() => Json, { nullable: true, description: 'An object: declared field names and their values.' })
  fields?: unknown;

  @Field(() => [DocumentVectorInput], {
    nullable: true,
    description: 'Ready vectors; of other features the embedder makes one from the source fields.',
  })
  vectors?: DocumentVectorInput[] | null;
}

export const SearchableTimes = describedEnum('Searchable', 'When searches find what was stored.', {
  NOW: 'When the mutation is answered.',
  SOON: 'Some moments later, a second as a rule: for loading many documents, as nothing is waited for. They are durable all the same.',
});

@InputType('IndexDocumentsInput', { description: 'Documents to store.' })
export class IndexDocumentsInput {
  @Field(() => String, { description: 'Name of the collection.' })
  collection!: string;

  @Field(() => [DocumentInput], { description: '1 to 5,000 documents, each with another id.' })
  documents!: DocumentInput[];

  @Field(() => SearchableTimes, { defaultValue: 'NOW', description: 'When searches must find them.' })
  searchable!: keyof typeof SearchableTimes;
}

export const IndexStatuses = describedEnum('IndexStatus', 'What became of a document.', {
  CREATED: 'It is stored; there was none with its id.',
  REPLACED: 'It is stored in place of the one with its id.',
  REFUSED: 'It is not stored, for the faults listed.',
});

@ObjectType('Fault', { description: 'One fault of an input.', simpleResolvers: true })
export class FaultType {
  @Field(() => ErrorCodes, { description: 'What kind of fault.' })
  code!: ErrorCode;

  @Field(() => [String], { description: 'Where: names and positions from the input inwards.' })
  path!: readonly string[];

  @Field(() => String, { description: 'What was expected and what came.' })
  message!: string;
}

@ObjectType('IndexResult', { description: 'What became of one document.', simpleResolvers: true })
export class IndexResultType {
  @Field(() => Int, { description: 'Position in the input, from 0.' })
  index!: number;

  @Field(() => ID, { description: 'Its id.' })
  documentId!: string;

  @Field(() => IndexStatuses, { description: 'What became of it.' })
  status!: keyof typeof IndexStatuses;

  @Field(() => [FaultType], { description: 'Why it was refused; empty where it is stored.' })
  faults!: readonly FaultType[];
}

@ObjectType('IndexDocumentsPayload', { description: 'What indexDocuments did.', simpleResolvers: true })
export class IndexDocumentsPayload implements Payload {
  @Field(() => [IndexResultType], {
    description: 'One per document, in order: a bad one never spoils the rest. Stored ones are durable.',
  })
  results!: readonly IndexResultType[];

  @Field(() => Int, { description: 'Documents stored.' })
  indexed!: number;

  @Field(() => Int, { description: 'Documents refused.' })
  refused!: number;

  @Field(() => [UserErrorType], USER_ERRORS_FIELD)
  userErrors!: readonly UserErrorType[];
}

@InputType('DeleteDocumentsInput', { description: 'Documents to delete.' })
export class DeleteDocumentsInput {
  @Field(() => String, { description: 'Name of the collection.' })
  collection!: string;

  @Field(() => [ID], { description: '1 to 5,000 ids of documents.' })
  ids!: string[];
}

@ObjectType('DeleteResult', { description: 'What became of one document.', simpleResolvers: true })
export class DeleteResultType {
  @Field(() => ID, { description: 'Its id.' })
  documentId!: string;

  @Field(() => Boolean, { description: 'False where there was no such document.' })
  deleted!: boolean;
}

@ObjectType('DeleteDocumentsPayload', { description: 'What deleteDocuments did.', simpleResolvers: true })
export class DeleteDocumentsPayload implements Payload {
  @Field(() => [DeleteResultType], { description: 'One per distinct id, in order.' })
  results!: readonly DeleteResultType[];

  @Field(() => Int, { description: 'Documents deleted.' })
  deleted!: number;

  @Field(() => [UserErrorType], USER_ERRORS_FIELD)
  userErrors!: readonly UserErrorType[];
}

import { Field, InputType, ObjectType } from 'type-graphql';
import { DateTime, SafeInt } from './scalars.ts';
import { FeatureType } from './feature.ts';
import { FieldTypes } from './enums.ts';
import { connectionOf } from './page.ts';
import { Node, type Lazy } from './node.ts';
import { ReindexingType } from './reindexing.ts';
import { USER_ERRORS_FIELD, UserErrorType, type Payload } from './user-error.ts';
import type { FieldType } from '../engine/collection/collection.ts';

@ObjectType('FieldDeclaration', { description: 'A declared document field.', simpleResolvers: true })
export class FieldDeclarationType {
  @Field(() => String, { description: 'Its name, unique in the collection.' })
  name!: string;

  @Field(() => FieldTypes, { description: 'What it holds.' })
  type!: FieldType;

  @Field(() => Boolean, { description: 'Whether a document may hold several values.' })
  many!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'Where its values lie in an attached index; null in an index of the server’s own.',
  })
  path!: string | null;
}

@ObjectType('AttachedIndex', {
  description: 'An index that was there before: it is searched and read, never written.',
  simpleResolvers: true,
})
export class AttachedIndexType {
  @Field(() => String, { description: 'Name of the index, data stream or alias.' })
  index!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Path of the keyword field that repeats the id; null: documents cannot be listed.',
  })
  idField!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Routing that goes with every request; null: all shards are asked.',
  })
  routing!: string | null;
}

@ObjectType('Collection', {
  implements: Node,
  description: 'Documents with declared fields and features: an index.',
  simpleResolvers: true,
})
export class CollectionType extends Node {
  @Field(() => String, { description: 'Its name, unique in the namespace.' })
  name!: string;

  @Field(() => [FieldDeclarationType], { description: 'Fields its documents may have.' })
  fields!: readonly FieldDeclarationType[];

  @Field(() => [FeatureType], { description: 'Its features, in order of registration.' })
  features!: Lazy<readonly FeatureType[]>;

  @Field(() => AttachedIndexType, {
    nullable: true,
    description: 'The index it is attached to; null: an index of the server’s own.',
  })
  attached!: AttachedIndexType | null;

  @Field(() => SafeInt, { description: 'Documents in it.' })
  documentCount!: Lazy<number>;

  @Field(() => ReindexingType, {
    nullable: true,
    description: 'The reindexing that runs or ran last; null where there was none.',
  })
  reindexing!: Lazy<ReindexingType | null>;

  @Field(() => DateTime, { description: 'When it was created.' })
  createdAt!: Date;
}

export const CollectionConnection = connectionOf('Collection', 'collections', () => CollectionType);

@InputType('FieldDeclarationInput', { description: 'Declares a document field.' })
export class FieldDeclarationInput {
  @Field(() => String, { description: '1 to 64 letters, digits or "_", not starting with a digit.' })
  name!: string;

  @Field(() => FieldTypes, { description: 'What it holds.' })
  type!: FieldType;

  @Field(() => Boolean, { defaultValue: false, description: 'Whether a document may hold several values.' })
  many!: boolean;
}

@InputType('CreateCollectionInput', { description: 'A collection to create.' })
export class CreateCollectionInput {
  @Field(() => String, {
    description: '1 to 64 letters, digits, "_", "." or "-", starting with a letter or digit.',
  })
  name!: string;

  @Field(() => [FieldDeclarationInput], { description: 'Up to 100 document fields.' })
  fields!: FieldDeclarationInput[];
}

@ObjectType('CreateCollectionPayload', { description: 'What createCollection did.', simpleResolvers: true })
export class CreateCollectionPayload implements Payload {
  @Field(() => CollectionType, { nullable: true, description: 'The new collection; null where refused.' })
  collection!: CollectionType | null;

  @Field(() => [UserErrorType], USER_ERRORS_FIELD)
  userErrors!: readonly UserErrorType[];
}

@InputType('DeleteCollectionInput', { description: 'A collection to delete.' })
export class DeleteCollectionInput {
  @Field(() => String, { description: 'Its name.' })
  collection!: string;
}

@ObjectType('DeleteCollectionPayload', { description: 'What deleteCollection did.', simpleResolvers: true })
export class DeleteCollectionPayload implements Payload {
  @Field(() => String, { nullable: true, description: 'Name of the deleted collection; null where refused.' })
  deleted!: string | null;

  @Field(() => [UserErrorType], USER_ERRORS_FIELD)
  userErrors!: readonly UserErrorType[];
}

@ObjectType('ReindexCollectionPayload', {
  description: 'What reindexCollection began.',
  simpleResolvers: true,
})
export class ReindexCollectionPayload implements Payload {
  @Field(() => CollectionType, { nullable: true, description: 'The collection; null where refused.' })
  collection!: CollectionType | null;

  @Field(() => [UserErrorType], USER_ERRORS_FIELD)
  userErrors!: readonly UserErrorType[];
}

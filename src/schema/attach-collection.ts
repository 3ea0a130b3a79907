import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { CollectionType, FieldDeclarationInput } from './collection.ts';
import { EmbedderKinds, Similarities } from './enums.ts';
import { USER_ERRORS_FIELD, UserErrorType, type Payload } from './user-error.ts';
import type { EmbedderKind, Similarity } from '../engine/collection/collection.ts';

@InputType('AttachedFieldInput', { description: 'Declares a document field of an attached index.' })
export class AttachedFieldInput extends FieldDeclarationInput {
  @Field(() => String, {
    nullable: true,
    description:
      'Where its values lie, with dots, a multi-field such as title.raw too; null: under its name.',
  })
  path?: string | null;
}

@InputType('AttachedFeatureInput', { description: 'A feature that the documents of an attached index have.' })
export class AttachedFeatureInput {
  @Field(() => String, {
    description: 'Feature URI, such as clip://vit-b-32@1/image; unique in the collection.',
  })
  uri!: string;

  @Field(() => String, {
    description: 'Path of the dense_vector field, with dots, up to 256 characters; unique in the collection.',
  })
  field!: string;

  @Field(() => Int, { description: 'Numbers in a vector, 1 to 4,096.' })
  dims!: number;

  @Field(() => Similarities, {
    defaultValue: 'COSINE',
    description:
      'How two vectors are compared: COSINE for cosine and dot_product, DOT_PRODUCT for max_inner_product, L2 for l2_norm.',
  })
  similarity!: Similarity;

  @Field(() => [String], {
    defaultValue: [],
    description: 'TEXT or KEYWORD fields that the vectors were made of.',
  })
  sourceFields!: string[];

  @Field(() => EmbedderKinds, { defaultValue: 'NONE', description: 'How inputs become vectors.' })
  embedder!: EmbedderKind;

  @Field(() => String, {
    nullable: true,
    description: 'Model of the OPENAI embedder; null: the server’s default.',
  })
  model?: string | null;
}

@InputType('AttachCollectionInput', { description: 'A collection over an index that is there already.' })
export class AttachCollectionInput {
  @Field(() => String, {
    description: '1 to 64 letters, digits, "_", "." or "-", starting with a letter or digit.',
  })
  name!: string;

  @Field(() => String, {
    description: 'Name of one index, data stream or alias in Elasticsearch; no wildcard.',
  })
  index!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'Path of a keyword field that repeats the id of each document; null: documents cannot be listed.',
  })
  idField?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Routing that goes with every request; null: all shards are asked.',
  })
  routing?: string | null;

  @Field(() => [AttachedFieldInput], { description: 'Up to 100 document fields.' })
  fields!: AttachedFieldInput[];

  @Field(() => [AttachedFeatureInput], { description: 'Up to 100 features.' })
  features!: AttachedFeatureInput[];
}

@ObjectType('AttachCollectionPayload', { description: 'What attachCollection did.', simpleResolvers: true })
export class AttachCollectionPayload implements Payload {
  @Field(() => CollectionType, { nullable: true, description: 'The new collection; null where refused.' })
  collection!: CollectionType | null;

  @Field(() => [UserErrorType], USER_ERRORS_FIELD)
  userErrors!: readonly UserErrorType[];
}

import { Field, Float, InputType, Int, ObjectType } from 'type-graphql';
import { DateTime, SafeInt } from './scalars.ts';
import { EmbedderKinds, Similarities } from './enums.ts';
import { connectionOf } from './page.ts';
import { Node, type Lazy } from './node.ts';
import { USER_ERRORS_FIELD, UserErrorType, type Payload } from './user-error.ts';
import type { EmbedderKind, Similarity } from '../engine/collection/collection.ts';

@ObjectType('Background', {
  description:
    'Raw similarity of random pairs of different documents: the scale of BACKGROUND normalization.',
  simpleResolvers: true,
})
export class BackgroundType {
  @Field(() => Float, { description: 'Mean of the raw similarity.' })
  mean!: number;

  @Field(() => Float, { description: 'Its sample standard deviation, at least 0.000001.' })
  deviation!: number;

  @Field(() => Int, { description: 'Documents sampled, at most 1,000.' })
  documents!: number;

  @Field(() => Int, { description: 'Pairs drawn from them, with replacement.' })
  pairs!: number;

  @Field(() => SafeInt, { description: 'Documents in the collection when it was measured.' })
  population!: number;

  @Field(() => DateTime, { description: 'When it was measured.' })
  measuredAt!: Date;
}

@ObjectType('Feature', {
  implements: Node,
  description: 'One embedding of a document, by one extractor at one version.',
  simpleResolvers: true,
})
export class FeatureType extends Node {
  @Field(() => String, { description: 'Its feature URI, scheme://extractor@version/output.' })
  uri!: string;

  @Field(() => String, { description: 'Name of the vector field in documents.' })
  field!: string;

  @Field(() => Int, { description: 'Numbers in a vector.' })
  dims!: number;

  @Field(() => Similarities, { description: 'How two vectors are compared.' })
  similarity!: Similarity;

  @Field(() => [String], { description: 'Document fields the embedder reads.' })
  sourceFields!: readonly string[];

  @Field(() => EmbedderKinds, { description: 'How texts become vectors.' })
  embedder!: EmbedderKind;

  @Field(() => String, {
    nullable: true,
    description:
      'Model of the OPENAI embedder (null: the server’s default), or inference endpoint of the ELASTICSEARCH embedder.',
  })
  model!: string | null;

  @Field(() => BackgroundType, {
    nullable: true,
    description: 'Null until it has been measured: from 50 documents on, some moments after indexing.',
  })
  background!: BackgroundType | null;

  @Field(() => SafeInt, { description: 'Documents that have the feature.' })
  documentCount!: Lazy<number>;

  @Field(() => Boolean, {
    description: 'Whether the collection has grown tenfold since the background was measured.',
  })
  measuringAdvised!: Lazy<boolean>;

  @Field(() => DateTime, { description: 'When it was registered.' })
  createdAt!: Date;
}

export const FeatureConnection = connectionOf('Feature', 'features', () => FeatureType);

@InputType('RegisterFeatureInput', { description: 'A feature to add to a collection.' })
export class RegisterFeatureInput {
  @Field(() => String, { description: 'Name of the collection.' })
  collection!: string;

  @Field(() => String, {
    description: 'Feature URI, such as embed://hashing@1/title; unique in the collection.',
  })
  uri!: string;

  @Field(() => String, {
    description:
      'Name of the vector field in documents, in an attached index its path; unique in the collection.',
  })
  field!: string;

  @Field(() => Int, { description: 'Numbers in a vector, 1 to 4,096.' })
  dims!: number;

  @Field(() => Similarities, { defaultValue: 'COSINE', description: 'How two vectors are compared.' })
  similarity!: Similarity;

  @Field(() => [String], {
    defaultValue: [],
    description: 'TEXT or KEYWORD fields the embedder reads where a document comes without a vector.',
  })
  sourceFields!: string[];

  @Field(() => EmbedderKinds, { defaultValue: 'NONE', description: 'How texts become vectors.' })
  embedder!: EmbedderKind;

  @Field(() => String, {
    nullable: true,
    description:
      'Model of the OPENAI embedder (null: the server’s default), or inference endpoint of the ELASTICSEARCH embedder.',
  })
  model?: string | null;
}

@ObjectType('RegisterFeaturePayload', { description: 'What registerFeature did.', simpleResolvers: true })
export class RegisterFeaturePayload implements Payload {
  @Field(() => FeatureType, { nullable: true, description: 'The new feature; null where refused.' })
  feature!: FeatureType | null;

  @Field(() => [UserErrorType], USER_ERRORS_FIELD)
  userErrors!: readonly UserErrorType[];
}

@InputType('MeasureBackgroundInput', { description: 'Features whose background is to be measured anew.' })
export class MeasureBackgroundInput {
  @Field(() => String, { description: 'Name of the collection.' })
  collection!: string;

  @Field(() => [String], { nullable: true, description: 'URIs of features; null: all of the collection.' })
  features?: string[] | null;
}

@ObjectType('MeasureBackgroundPayload', { description: 'What measureBackground did.', simpleResolvers: true })
export class MeasureBackgroundPayload implements Payload {
  @Field(() => [FeatureType], { description: 'The measured features; empty where refused.' })
  features!: readonly FeatureType[];

  @Field(() => [UserErrorType], USER_ERRORS_FIELD)
  userErrors!: readonly UserErrorType[];
}

@InputType('DeleteFeatureInput', { description: 'A feature to delete.' })
export class DeleteFeatureInput {
  @Field(() => String, { description: 'Name of the collection.' })
  collection!: string;

  @Field(() => String, { description: 'Its feature URI.' })
  uri!: string;
}

@ObjectType('DeleteFeaturePayload', { description: 'What deleteFeature did.', simpleResolvers: true })
export class DeleteFeaturePayload implements Payload {
  @Field(() => String, { nullable: true, description: 'URI of the deleted feature; null where refused.' })
  deleted!: string | null;

  @Field(() => [UserErrorType], USER_ERRORS_FIELD)
  userErrors!: readonly UserErrorType[];
}

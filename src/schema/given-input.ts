import { Field, Float, ID, InputType } from 'type-graphql';
import { Vector } from './scalars.ts';
import type { GivenVector } from '../engine/vector.ts';

@InputType('GivenDocument', { description: 'A stored document that is searched with.' })
export class GivenDocument {
  @Field(() => String, { description: 'Name of its collection: one that the retriever searches.' })
  collection!: string;

  @Field(() => ID, { description: 'Its id in the collection.' })
  id!: string;
}

@InputType('GivenInput', {
  description: 'A value for a declared input: its name and exactly one of the others.',
})
export class GivenInput {
  @Field(() => String, { description: 'Name of the input.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'Value of a TEXT input.' })
  text?: string | null;

  @Field(() => Float, { nullable: true, description: 'Value of a NUMBER input.' })
  number?: number | null;

  @Field(() => Boolean, { nullable: true, description: 'Value of a BOOLEAN input.' })
  boolean?: boolean | null;

  @Field(() => Vector, { nullable: true, description: 'Value of a VECTOR input.' })
  vector?: GivenVector | null;

  @Field(() => GivenDocument, {
    nullable: true,
    description: 'Value of a DOCUMENT input: more like this one. It is not among the hits.',
  })
  document?: GivenDocument | null;

  @Field(() => [String], { nullable: true, description: 'Value of a TEXTS input.' })
  texts?: string[] | null;

  @Field(() => [Float], { nullable: true, description: 'Value of a NUMBERS input.' })
  numbers?: number[] | null;
}

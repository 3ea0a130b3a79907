import { Field, Float, InputType } from 'type-graphql';
import { Vector } from './scalars.ts';
import type { GivenVector } from '../engine/vector.ts';

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

  @Field(() => [String], { nullable: true, description: 'Value of a TEXTS input.' })
  texts?: string[] | null;

  @Field(() => [Float], { nullable: true, description: 'Value of a NUMBERS input.' })
  numbers?: number[] | null;
}

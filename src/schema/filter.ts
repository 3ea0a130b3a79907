import { Field, InputType } from 'type-graphql';
import { FilterValue } from './scalars.ts';
import type { FieldScalar } from '../engine/collection/collection.ts';

type Maybe<T> = T | null;

@InputType('FilterInput', {
  description:
    'Which documents may be found: exactly one of `and`, `or`, `not`, `field`; beside `field` one or more operators, all of which must hold. Applied before the search.',
})
export class FilterInput {
  @Field(() => [FilterInput], { nullable: true, description: 'All of these hold; an empty list holds.' })
  and?: Maybe<FilterInput[]>;

  @Field(() => [FilterInput], { nullable: true, description: 'One of these holds; an empty list does not.' })
  or?: Maybe<FilterInput[]>;

  @Field(() => FilterInput, { nullable: true, description: 'This does not hold.' })
  not?: Maybe<FilterInput>;

  @Field(() => String, {
    nullable: true,
    description: 'A declared document field, compared by the operators.',
  })
  field?: Maybe<string>;

  @Field(() => FilterValue, { nullable: true, description: 'One of the field’s values is equal.' })
  eq?: Maybe<FieldScalar>;

  @Field(() => FilterValue, { nullable: true, description: 'None of the field’s values is equal.' })
  ne?: Maybe<FieldScalar>;

  @Field(() => FilterValue, { nullable: true, description: 'One is greater. NUMBER and DATE.' })
  gt?: Maybe<FieldScalar>;

  @Field(() => FilterValue, { nullable: true, description: 'One is greater or equal. NUMBER and DATE.' })
  gte?: Maybe<FieldScalar>;

  @Field(() => FilterValue, { nullable: true, description: 'One is less. NUMBER and DATE.' })
  lt?: Maybe<FieldScalar>;

  @Field(() => FilterValue, { nullable: true, description: 'One is less or equal. NUMBER and DATE.' })
  lte?: Maybe<FieldScalar>;

  @Field(() => [FilterValue], { nullable: true, description: 'One is among these, at most 1,000.' })
  in?: Maybe<FieldScalar[]>;

  @Field(() => [FilterValue], { nullable: true, description: 'None is among these, at most 1,000.' })
  nin?: Maybe<FieldScalar[]>;

  @Field(() => String, {
    nullable: true,
    description: 'KEYWORD: it is one of the values. TEXT: all its words occur.',
  })
  contains?: Maybe<string>;

  @Field(() => Boolean, { nullable: true, description: 'Whether the field has a value.' })
  exists?: Maybe<boolean>;
}

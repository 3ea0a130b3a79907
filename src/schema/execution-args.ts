import { ArgsType, Field, ID, Int } from 'type-graphql';
import { DEFAULT_FIRST, PageArgs } from './page.ts';
import { DateTime } from './scalars.ts';
import { GivenInput } from './given-input.ts';

const FIRST = 'Hits on the page, 1 to 100.';

@ArgsType()
export class ExecuteArgs {
  @Field(() => String, { description: 'Name of the retriever.' })
  retriever!: string;

  @Field(() => Int, { nullable: true, description: 'Version of the retriever; null: the latest.' })
  version?: number | null;

  @Field(() => [GivenInput], { defaultValue: [], description: 'Values for the retriever’s inputs.' })
  inputs!: GivenInput[];

  @Field(() => String, {
    nullable: true,
    description: 'Whose execution it is: 1 to 512 bytes. Not needed where an input has the role USER.',
  })
  user?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Its session: 1 to 512 bytes. Not needed where an input has the role SESSION.',
  })
  session?: string | null;

  @Field(() => Int, { defaultValue: DEFAULT_FIRST, description: FIRST })
  first!: number;

  @Field(() => String, {
    nullable: true,
    description:
      'A retry with the same key (1 to 512 bytes) and arguments is answered with the same execution.',
  })
  executionKey?: string | null;

  @Field(() => Boolean, {
    defaultValue: true,
    description: 'False: leave no trace (no record, no impressions) and draw no weights at random.',
  })
  learn!: boolean;
}

@ArgsType()
export class ExplainArgs {
  @Field(() => String, { description: 'Name of the retriever.' })
  retriever!: string;

  @Field(() => Int, { nullable: true, description: 'Version of the retriever; null: the latest.' })
  version?: number | null;

  @Field(() => [GivenInput], {
    nullable: true,
    description: 'Values to put into the templates; null: the templates are left as they are.',
  })
  inputs?: GivenInput[] | null;
}

@ArgsType()
export class ExecutionPageArgs {
  @Field(() => ID, { description: 'Id of the execution.' })
  execution!: string;

  @Field(() => String, { nullable: true, description: 'Cursor of the last hit already seen; null: none.' })
  after?: string | null;

  @Field(() => Int, { defaultValue: DEFAULT_FIRST, description: FIRST })
  first!: number;
}

@ArgsType()
export class ExecutionArgs {
  @Field(() => ID, { description: 'Id of the execution.' })
  id!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Cursor of the hit before the page; null: from the first.',
  })
  after?: string | null;

  @Field(() => Int, { defaultValue: DEFAULT_FIRST, description: FIRST })
  first!: number;
}

@ArgsType()
export class ExecutionsArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: 'Only of the retriever with this name.' })
  retriever?: string | null;

  @Field(() => String, { nullable: true, description: 'Only of this user.' })
  user?: string | null;

  @Field(() => String, { nullable: true, description: 'Only of this session.' })
  session?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'Only served at or after this moment.' })
  since?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Only served before this moment.' })
  until?: Date | null;
}

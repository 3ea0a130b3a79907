import { ArgsType, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { connectionOf, PageArgs } from './page.ts';
import { DateTime, Json } from './scalars.ts';
import { DocumentType, FaultType } from './document.ts';
import { ExecutionType } from './execution.ts';
import { InteractionKinds } from './enums.ts';
import {
  InteractionOrders,
  InteractionStates,
  RecordStatuses,
  UncreditedReasons,
} from './interaction-enums.ts';
import { Node, type Lazy } from './node.ts';
import { USER_ERRORS_FIELD, UserErrorType, type Payload } from './user-error.ts';
import type { InteractionKind } from '../engine/learning/reward.ts';
import type { InteractionOrder } from '../engine/interaction/interaction-log.ts';
import type { InteractionState, UncreditedReason } from '../engine/interaction/interaction.ts';
import type { RecordStatus } from './interaction-enums.ts';

@ObjectType('Interaction', {
  implements: Node,
  description: 'What a user did to one hit, or to an execution.',
  simpleResolvers: true,
})
export class InteractionType extends Node {
  @Field(() => ExecutionType, { nullable: true, description: 'The execution; null where it is not stored.' })
  execution!: Lazy<ExecutionType | null>;

  @Field(() => ID, { nullable: true, description: 'The hit; null: of the execution, or not known yet.' })
  hit!: string | null;

  @Field(() => Int, { nullable: true, description: 'Place of the hit in the served order, from 1.' })
  position!: number | null;

  @Field(() => ID, { nullable: true, description: 'Id of the document in its collection.' })
  documentId!: string | null;

  @Field(() => DocumentType, {
    nullable: true,
    description: 'The document as it is now; null where it is gone.',
  })
  document!: Lazy<DocumentType | null>;

  @Field(() => [InteractionKinds], { description: 'What the user did.' })
  kinds!: readonly InteractionKind[];

  @Field(() => String, { nullable: true, description: 'The user it names; credit follows the execution.' })
  user!: string | null;

  @Field(() => String, { nullable: true, description: 'The session it names.' })
  session!: string | null;

  @Field(() => DateTime, { description: 'When it happened.' })
  occurredAt!: Date;

  @Field(() => DateTime, { description: 'When it arrived.' })
  receivedAt!: Date;

  @Field(() => Json, { nullable: true, description: 'What the client said about it.' })
  metadata!: unknown;

  @Field(() => String, { nullable: true, description: 'Its idempotency key.' })
  idempotencyKey!: string | null;

  @Field(() => InteractionStates, { description: 'Whether it counts.' })
  state!: InteractionState;

  @Field(() => UncreditedReasons, {
    nullable: true,
    description: 'Why it earns nothing; null where it counts.',
  })
  reason!: UncreditedReason | null;
}

export const InteractionConnection = connectionOf('Interaction', 'interactions', () => InteractionType);

@InputType('RecordInteractionInput', {
  description: 'What a user did: to a hit (by its id, or execution and documentId), or to an execution.',
})
export class RecordInteractionInput {
  @Field(() => ID, { nullable: true, description: 'Id of the hit; then leave out execution and documentId.' })
  hit?: string | null;

  @Field(() => ID, { nullable: true, description: 'Id of the execution.' })
  execution?: string | null;

  @Field(() => ID, { nullable: true, description: 'Id of the document in its collection.' })
  documentId?: string | null;

  @Field(() => [InteractionKinds], { description: 'What the user did, at least one kind.' })
  kinds!: InteractionKind[];

  @Field(() => Int, {
    nullable: true,
    description: 'Place of the hit, from 1. Not needed: it is taken from the record, and must agree with it.',
  })
  position?: number | null;

  @Field(() => String, { nullable: true, description: 'The user, for analytics: 1 to 512 bytes.' })
  user?: string | null;

  @Field(() => String, { nullable: true, description: 'The session, for analytics: 1 to 512 bytes.' })
  session?: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it happened; null: now. At most 5 minutes ahead, which is taken for now.',
  })
  occurredAt?: Date | null;

  @Field(() => Json, { nullable: true, description: 'Anything else about it: at most 16 KB of JSON.' })
  metadata?: unknown;

  @Field(() => String, {
    nullable: true,
    description: 'A repetition with the same key (1 to 512 bytes) is stored once.',
  })
  idempotencyKey?: string | null;
}

@ObjectType('RecordInteractionPayload', { description: 'What recordInteraction did.', simpleResolvers: true })
export class RecordInteractionPayload implements Payload {
  @Field(() => InteractionType, {
    nullable: true,
    description: 'The interaction, durable and in the counters; null where refused.',
  })
  interaction!: InteractionType | null;

  @Field(() => Boolean, { description: 'Whether the same one had been stored before, under its key.' })
  repeated!: boolean;

  @Field(() => [UserErrorType], USER_ERRORS_FIELD)
  userErrors!: readonly UserErrorType[];
}

@InputType('RecordInteractionsInput', { description: 'What users did.' })
export class RecordInteractionsInput {
  @Field(() => [RecordInteractionInput], { description: '1 to 1,000 interactions.' })
  interactions!: RecordInteractionInput[];
}

@ObjectType('RecordResult', { description: 'What became of one interaction.', simpleResolvers: true })
export class RecordResultType {
  @Field(() => Int, { description: 'Position in the input, from 0.' })
  index!: number;

  @Field(() => RecordStatuses, { description: 'What became of it.' })
  status!: RecordStatus;

  @Field(() => InteractionType, { nullable: true, description: 'The interaction; null where refused.' })
  interaction!: InteractionType | null;

  @Field(() => [FaultType], { description: 'Why it was refused; empty where it is stored.' })
  faults!: readonly FaultType[];
}

@ObjectType('RecordInteractionsPayload', {
  description: 'What recordInteractions did.',
  simpleResolvers: true,
})
export class RecordInteractionsPayload implements Payload {
  @Field(() => [RecordResultType], {
    description: 'One per interaction, in order: a bad one never spoils the rest. Stored ones are durable.',
  })
  results!: readonly RecordResultType[];

  @Field(() => Int, { description: 'Interactions stored, repetitions among them.' })
  recorded!: number;

  @Field(() => Int, { description: 'Interactions refused.' })
  refused!: number;

  @Field(() => [UserErrorType], USER_ERRORS_FIELD)
  userErrors!: readonly UserErrorType[];
}

@InputType('DeleteInteractionInput', { description: 'An interaction to delete.' })
export class DeleteInteractionInput {
  @Field(() => ID, { description: 'Its id.' })
  interaction!: string;
}

@ObjectType('DeleteInteractionPayload', { description: 'What deleteInteraction did.', simpleResolvers: true })
export class DeleteInteractionPayload implements Payload {
  @Field(() => ID, { nullable: true, description: 'Id of what was deleted; null where refused.' })
  deleted!: string | null;

  @Field(() => [UserErrorType], USER_ERRORS_FIELD)
  userErrors!: readonly UserErrorType[];
}

@ArgsType()
export class InteractionsArgs extends PageArgs {
  @Field(() => InteractionOrders, { defaultValue: 'NEWEST', description: 'In which order.' })
  order!: InteractionOrder;

  @Field(() => String, { nullable: true, description: 'Only of this retriever, by name.' })
  retriever?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only of this execution.' })
  execution?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only of this document, by its id in the collection.' })
  documentId?: string | null;

  @Field(() => [InteractionKinds], { nullable: true, description: 'Only with at least one of these kinds.' })
  kinds?: InteractionKind[] | null;

  @Field(() => String, { nullable: true, description: 'Only those that name this user.' })
  user?: string | null;

  @Field(() => String, { nullable: true, description: 'Only those that name this session.' })
  session?: string | null;

  @Field(() => InteractionStates, { nullable: true, description: 'Only in this state.' })
  state?: InteractionState | null;

  @Field(() => DateTime, { nullable: true, description: 'Only what happened then or later.' })
  since?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Only what happened before.' })
  until?: Date | null;
}

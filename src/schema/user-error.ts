import { Field, Int, InterfaceType, ObjectType, type ClassType } from 'type-graphql';
import { describedEnum } from './enums.ts';

/** Refusals that a well-behaved client must expect: they come in the payload of a mutation, not as errors. */
export const UserErrorCodes = describedEnum('UserErrorCode', 'Why a mutation was refused.', {
  NOT_FOUND: 'What it names does not exist.',
  NAME_TAKEN: 'The name is in use.',
  VERSION_CONFLICT: 'The retriever has changed since the version the update is based on.',
  IN_USE: 'Something else still depends on it.',
  ALREADY_RUNNING: 'Such work is under way already.',
  TOO_FEW_DOCUMENTS: 'There are not enough documents for this measurement.',
  IDEMPOTENCY_CONFLICT: 'The idempotency key was used before for an interaction with other content.',
  CONTRADICTS_RECORD: 'What is reported of a hit is not what the record of its execution says.',
  READ_ONLY: 'The collection is attached to an index that is only read.',
  NOT_SUPPORTED: 'The search backend cannot do this.',
});
export type UserErrorCode = keyof typeof UserErrorCodes;

@InterfaceType('UserError', {
  description: 'An expected refusal of a mutation. Nothing was changed.',
  resolveType: ({ code }: UserErrorType) => USER_ERROR_TYPES[code],
})
export abstract class UserErrorType {
  @Field(() => UserErrorCodes, { description: 'Why.' })
  code!: UserErrorCode;

  @Field(() => String, { description: 'Why, in a sentence for people.' })
  message!: string;

  @Field(() => [String], { description: 'Where in the mutation’s input.' })
  path!: readonly string[];
}

@ObjectType('NotFoundError', {
  implements: UserErrorType,
  description: 'What the mutation names does not exist.',
  simpleResolvers: true,
})
export class NotFoundError extends UserErrorType {}

@ObjectType('NameTakenError', {
  implements: UserErrorType,
  description: 'The name is in use.',
  simpleResolvers: true,
})
export class NameTakenError extends UserErrorType {}

@ObjectType('VersionConflictError', {
  implements: UserErrorType,
  description: 'The retriever has changed since the version the update is based on.',
  simpleResolvers: true,
})
export class VersionConflictError extends UserErrorType {
  @Field(() => Int, { description: 'The version the update was based on.' })
  expectedVersion!: number;

  @Field(() => Int, { description: 'The version that is the latest now.' })
  latestVersion!: number;
}

@ObjectType('InUseError', {
  implements: UserErrorType,
  description: 'Something else still depends on it.',
  simpleResolvers: true,
})
export class InUseError extends UserErrorType {
  @Field(() => [String], { description: 'Names of the retrievers that depend on it.' })
  usedBy!: readonly string[];
}

@ObjectType('AlreadyRunningError', {
  implements: UserErrorType,
  description: 'Such work is under way already.',
  simpleResolvers: true,
})
export class AlreadyRunningError extends UserErrorType {}

@ObjectType('TooFewDocumentsError', {
  implements: UserErrorType,
  description: 'There are not enough documents for this measurement.',
  simpleResolvers: true,
})
export class TooFewDocumentsError extends UserErrorType {
  @Field(() => Int, { description: 'Documents that have the feature.' })
  documents!: number;

  @Field(() => Int, { description: 'Documents it takes.' })
  needed!: number;
}

@ObjectType('IdempotencyConflictError', {
  implements: UserErrorType,
  description: 'The idempotency key was used before for an interaction with other content.',
  simpleResolvers: true,
})
export class IdempotencyConflictError extends UserErrorType {}

@ObjectType('ContradictsRecordError', {
  implements: UserErrorType,
  description: 'What is reported of a hit is not what the record of its execution says.',
  simpleResolvers: true,
})
export class ContradictsRecordError extends UserErrorType {}

@ObjectType('ReadOnlyError', {
  implements: UserErrorType,
  description: 'The collection is attached to an index that is only read.',
  simpleResolvers: true,
})
export class ReadOnlyError extends UserErrorType {}

@ObjectType('NotSupportedError', {
  implements: UserErrorType,
  description: 'The search backend cannot do this.',
  simpleResolvers: true,
})
export class NotSupportedError extends UserErrorType {}

const USER_ERROR_TYPES: Readonly<Record<UserErrorCode, ClassType<UserErrorType>>> = {
  NOT_FOUND: NotFoundError,
  NAME_TAKEN: NameTakenError,
  VERSION_CONFLICT: VersionConflictError,
  IN_USE: InUseError,
  ALREADY_RUNNING: AlreadyRunningError,
  TOO_FEW_DOCUMENTS: TooFewDocumentsError,
  IDEMPOTENCY_CONFLICT: IdempotencyConflictError,
  CONTRADICTS_RECORD: ContradictsRecordError,
  READ_ONLY: ReadOnlyError,
  NOT_SUPPORTED: NotSupportedError,
};
/** Types that no field names: the schema must be told of them. */
export const USER_ERRORS = Object.values(USER_ERROR_TYPES);

/** What every payload of a mutation has. */
export interface Payload {
  readonly userErrors: readonly UserErrorType[];
}

/** Options of the field `userErrors`, the same in every payload. */
export const USER_ERRORS_FIELD = {
  description: 'Expected refusals; empty where the mutation was done.',
} as const;

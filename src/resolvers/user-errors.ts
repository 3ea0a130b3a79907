import { ReweighError } from '../engine/errors.ts';
import { UserErrorCodes, type UserErrorCode, type UserErrorType } from '../schema/user-error.ts';

/** What a mutation came to: its result, or the expected refusals. */
export interface Attempt<T> {
  readonly value: T | null;
  readonly userErrors: readonly UserErrorType[];
}

/** Runs a use case; an expected refusal becomes a user error, anything else is thrown on. */
export async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await work(), userErrors: [] };
  } catch (error) {
    if (!(error instanceof ReweighError) || !isUserErrorCode(error.code)) throw error;
    const { code, details, message } = error;
    const path = (error.faults[0]?.path ?? []).map(String);
    return { value: null, userErrors: [{ ...details, code, message, path }] };
  }
}

function isUserErrorCode(code: string): code is UserErrorCode {
  return Object.hasOwn(UserErrorCodes, code);
}

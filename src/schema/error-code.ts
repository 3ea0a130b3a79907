import { ERROR_CATALOGUE, type ErrorCode } from '../engine/errors.ts';
import { describedEnum } from './enums.ts';

const CALLER_CODES = (Object.keys(ERROR_CATALOGUE) as ErrorCode[]).filter(
  (code) => ERROR_CATALOGUE[code].audience === 'caller',
);

/** The codes that callers can meet, each with its meaning in the catalogue. */
export const ErrorCodes = describedEnum<ErrorCode>(
  'ErrorCode',
  'What went wrong: the codes of extensions.code and of faults.',
  Object.fromEntries(CALLER_CODES.map((code) => [code, ERROR_CATALOGUE[code].meaning])) as Record<
    ErrorCode,
    string
  >,
);

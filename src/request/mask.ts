import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { isInternal, presentError, thrownError } from '../schema/errors.ts';
import type { Logger } from '../engine/ports.ts';

/** Turns errors into what callers may see, for both transports; what must stay inside is logged. */
export type Mask = (errors: readonly unknown[], requestId: string) => readonly GraphQLFormattedError[];

export interface MaskSettings {
  readonly logger: Logger;
  /** Whether names of the schema may be suggested in messages. */
  readonly suggestions: boolean;
  /** Told the code of every error that is shown. */
  readonly onError?: (code: string) => void;
}

export function createMask(settings: MaskSettings): Mask {
  return (errors, requestId) =>
    errors.map((error) => {
      if (isInternal(error)) logDefect(settings.logger, error, requestId);
      const shown = presentError(formattedOf(error), error, requestId);
      settings.onError?.(String(shown.extensions?.['code']));
      return settings.suggestions ? shown : { ...shown, message: withoutSuggestion(shown.message) };
    });
}

function formattedOf(error: unknown): GraphQLFormattedError {
  if (error instanceof GraphQLError) return error.toJSON();
  return { message: error instanceof Error ? error.message : String(error) };
}

function logDefect(logger: Logger, error: unknown, requestId: string): void {
  const thrown = thrownError(error);
  const path = error instanceof GraphQLError ? error.path?.join('.') : undefined;
  logger.error({ err: thrown, requestId, path }, 'defect while answering a request');
}

/** Variables are checked by graphql-js with suggestions, whatever validation was told. */
function withoutSuggestion(message: string): string {
  return message.replace(/ ?Did you mean [^?]*\?/g, '');
}

import type { Config } from '../config-variables.ts';

/** What a GraphQL document may be, under the names of the configuration table. */
export type DocumentLimits = Pick<
  Config,
  | 'MAX_DOCUMENT_BYTES'
  | 'MAX_TOKENS'
  | 'MAX_DEPTH'
  | 'MAX_FIELDS'
  | 'MAX_REPEATS'
  | 'MAX_FRAGMENTS'
  | 'MAX_ALIASES'
  | 'MAX_DIRECTIVES'
  | 'MAX_COST'
>;

import type { ProcessorTime } from '../support/processor.ts';

/** What a measured process is asked for: its processor time, or to run something by itself so many times. */
export type Order =
  { readonly kind: 'time' } | { readonly kind: 'run'; readonly page: string; readonly times: number };

/** What it says: where it listens, or its processor time. */
export type Report =
  | { readonly kind: 'listening'; readonly url: string }
  | { readonly kind: 'time'; readonly time: ProcessorTime };

/** A GraphQL request over HTTP. */
export interface Body {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

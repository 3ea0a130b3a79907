/** One row of the catalogue of errors. */
export interface ErrorEntry {
  /** What happened, in one sentence. */
  readonly meaning: string;
  /** What the caller or operator can do. */
  readonly action: string;
  /** True where the same request may succeed later, unchanged. */
  readonly retryable: boolean;
  /** Who meets it: the caller of the API, or the operator at start. */
  readonly audience: 'caller' | 'operator';
}

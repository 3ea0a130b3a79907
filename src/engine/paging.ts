/** A keyset page: `first` rows after the row with this key. */
export interface PageRequest {
  /** 1..100. */
  readonly first: number;
  /** Key of the last row already seen; null: from the start. */
  readonly after: string | null;
  /** Whether to count all rows (costs a scan; asked for only when selected). */
  readonly count: boolean;
}

export interface Page<T> {
  readonly rows: readonly { readonly key: string; readonly value: T }[];
  readonly hasNextPage: boolean;
  /** Null unless asked for. Over large logs at most COUNT_CAP + 1, which says that there are more than COUNT_CAP. */
  readonly total: number | null;
}

/** Counts over large logs stop here; totalCountCapped then says so. */
export const COUNT_CAP = 10_000;

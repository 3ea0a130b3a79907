import type { Sql } from '../../src/store/sql.ts';

/** SQL that fails where it is told to: `fault` sees every statement and may throw before or after it has run. */
export interface Faults {
  before?: (text: string) => void;
  after?: (text: string) => void;
  /** Called when a transaction has committed: throwing here is an answer that was lost. */
  committed?: () => void;
}

/** Wraps SQL so that a test can make it fail; `faults` may be changed at any time. */
export function failingSql(sql: Sql, faults: Faults): Sql {
  return {
    query: async <Row>(text: string, params?: readonly unknown[]) => {
      faults.before?.(text);
      const rows = await sql.query<Row>(text, params);
      faults.after?.(text);
      return rows;
    },
    transaction: async (work) => {
      const result = await sql.transaction((inner) => work(failingSql(inner, faults)));
      faults.committed?.();
      return result;
    },
  };
}

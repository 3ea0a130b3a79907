import { COUNT_CAP, type Page, type PageRequest } from '../paging.ts';
import { SELECTED, toRecord, type ExecutionRow } from './postgres-execution-row.ts';
import type { ExecutionFilter } from './execution-log.ts';
import type { ExecutionRecord } from './record.ts';
import type { Sql } from '../../store/sql.ts';

/** A page of the durable records of a namespace, newest first. The key of a row is its id. */
export async function listExecutions(
  sql: Sql,
  within: { readonly namespace: string; readonly filter: ExecutionFilter },
  page: PageRequest,
): Promise<Page<ExecutionRecord>> {
  const { where, params } = conditionsOf(within.namespace, within.filter);
  const after = page.after === null ? '' : ` and e.id < $${params.length + 1}`;
  const rows = await sql.query<ExecutionRow>(
    `${SELECTED} where ${where}${after} order by e.id desc limit ${page.first + 1}`,
    page.after === null ? params : [...params, page.after],
  );
  const total = page.count ? await countUpToCap(sql, where, params) : null;
  return {
    rows: rows.slice(0, page.first).map((row) => ({ key: row.id, value: toRecord(row) })),
    hasNextPage: rows.length > page.first,
    total,
  };
}

async function countUpToCap(sql: Sql, where: string, params: readonly unknown[]): Promise<number> {
  const [row] = await sql.query<{ readonly total: number }>(
    `select count(*)::int as total from (select 1 from execution e where ${where} limit ${COUNT_CAP + 1}) counted`,
    params,
  );
  return row!.total;
}

function conditionsOf(
  namespace: string,
  filter: ExecutionFilter,
): { readonly where: string; readonly params: readonly unknown[] } {
  const params: unknown[] = [namespace];
  const conditions = ['e.namespace = $1'];
  const add = (value: unknown, condition: (place: string) => string): void => {
    if (value === null) return;
    params.push(value);
    conditions.push(condition(`$${params.length}`));
  };
  add(filter.retrieverId, (place) => `e.retriever_id = ${place}`);
  add(
    filter.user,
    (place) =>
      `e.user_id = (select id from user_identity where namespace = $1 and external_id = ${place}::text)`,
  );
  add(filter.session, (place) => `e.session = ${place}::text`);
  add(filter.since?.toISOString() ?? null, (place) => `e.served_at >= ${place}`);
  add(filter.until?.toISOString() ?? null, (place) => `e.served_at < ${place}`);
  return { where: conditions.join(' and '), params };
}

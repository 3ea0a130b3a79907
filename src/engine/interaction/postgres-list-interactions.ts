import { COUNT_CAP, type Page, type PageRequest } from '../paging.ts';
import { isUuid } from '../ids.ts';
import { refusal } from '../errors.ts';
import { SELECT_INTERACTION, toInteraction, type InteractionRow } from './postgres-interaction-rows.ts';
import type { Interaction } from './interaction.ts';
import type { InteractionFilter, InteractionOrder } from './interaction-log.ts';
import type { Sql } from '../../store/sql.ts';

export interface ListQuestion {
  readonly filter: InteractionFilter;
  readonly order: InteractionOrder;
}

/** A page of the log. The key of a row is its id, or the time it happened and its id. */
export async function listInteractions(
  sql: Sql,
  question: ListQuestion & { readonly namespace: string },
  page: PageRequest,
): Promise<Page<Interaction>> {
  const { order } = question;
  const params: unknown[] = [];
  const where = conditionsOf(question, params);
  const rest = page.after === null ? where : `${where} and ${afterKey(order, page.after, params)}`;
  const rows = await sql.query<InteractionRow>(
    `${SELECT_INTERACTION} where ${rest} order by ${ORDERS[order]} limit ${page.first + 1}`,
    params,
  );
  return {
    rows: rows.slice(0, page.first).map((row) => ({ key: keyOf(order, row), value: toInteraction(row) })),
    hasNextPage: rows.length > page.first,
    total: page.count ? await countRows(sql, question) : null,
  };
}

const ORDERS = {
  NEWEST: 'i.id desc',
  OLDEST: 'i.id',
  OCCURRED: 'i.occurred_at desc, i.id desc',
} as const satisfies Record<InteractionOrder, string>;

function conditionsOf(
  { namespace, filter }: { readonly namespace: string; readonly filter: InteractionFilter },
  params: unknown[],
): string {
  const parts: string[] = [];
  const hold = (condition: string, value: unknown): void => {
    if (value === null) return;
    params.push(value);
    parts.push(condition.replace('?', `$${params.length}`));
  };
  hold('i.namespace = ?', namespace);
  hold('i.retriever_id = ?', filter.retrieverId);
  hold('i.execution_id = ?', filter.executionId);
  hold('u.external_id = ?', filter.user);
  hold('i.session = ?', filter.session);
  hold('i.document_id = ?', filter.document);
  hold('i.kinds & ?::int <> 0', filter.kinds === 0 ? null : filter.kinds);
  hold('i.state = ?', filter.state);
  hold('i.occurred_at >= ?', filter.since?.toISOString() ?? null);
  hold('i.occurred_at < ?', filter.until?.toISOString() ?? null);
  return parts.join(' and ');
}

function afterKey(order: InteractionOrder, key: string, params: unknown[]): string {
  const [id = '', at = ''] = key.split(' ');
  if (!isUuid(id) || (order === 'OCCURRED' && Number.isNaN(Date.parse(at))))
    throw refusal('INVALID_ID', 'expected a cursor of this list', ['after']);
  params.push(id);
  const place = `$${params.length}`;
  if (order === 'NEWEST') return `i.id < ${place}`;
  if (order === 'OLDEST') return `i.id > ${place}`;
  params.push(at);
  return `(i.occurred_at, i.id) < ($${params.length}::timestamptz, ${place}::uuid)`;
}

function keyOf(order: InteractionOrder, row: InteractionRow): string {
  return order === 'OCCURRED' ? `${row.id} ${new Date(row.occurred_at).toISOString()}` : row.id;
}

async function countRows(
  sql: Sql,
  question: { readonly namespace: string; readonly filter: InteractionFilter },
): Promise<number> {
  const params: unknown[] = [];
  const where = conditionsOf(question, params);
  const [row] = await sql.query<{ readonly count: number }>(
    `select count(*)::int as count from (select from interaction i left join user_identity u on u.id = i.user_id
     where ${where} limit ${COUNT_CAP + 1}) capped`,
    params,
  );
  return row?.count ?? 0;
}

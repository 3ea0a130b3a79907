import { refuseIfAny, type Fault } from '../engine/errors.ts';
import { COUNT_CAP, type Page, type PageRequest } from '../engine/paging.ts';
import { selects } from './selection.ts';
import type { Connection, PageArgs, PageInfoType } from '../schema/page.ts';
import type { GraphQLResolveInfo } from 'graphql';

/** An opaque cursor: which connection it belongs to, and the key of its row. */
export function encodeCursor(scope: string, key: string): string {
  return Buffer.from(`${scope}:${key}`).toString('base64url');
}

/** The key in a cursor; null where it is not one of this connection. */
export function decodeCursor(scope: string, cursor: string): string | null {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const isOurs = text.startsWith(`${scope}:`) && encodeCursor(scope, text.slice(scope.length + 1)) === cursor;
  return isOurs ? text.slice(scope.length + 1) : null;
}

export function faultsOfFirst(first: number): readonly Fault[] {
  if (Number.isInteger(first) && first >= 1 && first <= 100) return [];
  return [{ code: 'OUT_OF_RANGE', path: ['first'], message: `expected 1 to 100 rows a page, got ${first}` }];
}

/** Reads the arguments of a connection; all faults at once. Rows are counted only where totalCount is selected. */
export function readPage(args: PageArgs, scope: string, info: GraphQLResolveInfo): PageRequest {
  const after = args.after == null ? null : decodeCursor(scope, args.after);
  refuseIfAny([
    ...faultsOfFirst(args.first),
    ...(args.after != null && after === null ? [foreignCursor()] : []),
  ]);
  return { first: args.first, after, count: selects(info, ['totalCount', 'totalCountCapped']) };
}

export function foreignCursor(): Fault {
  return { code: 'INVALID_VALUE', path: ['after'], message: 'expected a cursor of this connection' };
}

/** A page as a connection; `map` makes the nodes. */
export function toConnection<T, Node>(
  page: Page<T>,
  request: PageRequest & { readonly scope: string },
  map: (value: T) => Node,
): Connection<Node> {
  const nodes = page.rows.map(({ value }) => map(value));
  const cursors = page.rows.map(({ key }) => encodeCursor(request.scope, key));
  return {
    nodes,
    edges: () => nodes.map((node, index) => ({ cursor: cursors[index] ?? '', node })),
    pageInfo: pageInfo(cursors, { hasNextPage: page.hasNextPage, hasPreviousPage: request.after !== null }),
    totalCount: page.total === null ? null : Math.min(page.total, COUNT_CAP),
    totalCountCapped: (page.total ?? 0) > COUNT_CAP,
  };
}

function pageInfo(
  cursors: readonly string[],
  where: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean },
): PageInfoType {
  return { ...where, startCursor: cursors[0] ?? null, endCursor: cursors.at(-1) ?? null };
}

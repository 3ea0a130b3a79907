/** Asking again for what was lost on the way. Pure. */
import type { SearchPart } from './elasticsearch-outcome.ts';

/** What a search is told whose shard was moved to another node, or closed, between finding hits and reading them. */
const MOVED = 'search_context_missing_exception';

/**
 * Parts of a multi-search, in order. A part whose shards were all lost, as when their node ends while it searches, or
 * were moved meanwhile, is asked for once more: a copy may have them. What an overloaded server refused is not.
 */
export async function askAgainWhereLost<Request>(
  requests: readonly Request[],
  ask: (some: readonly Request[]) => Promise<readonly SearchPart[]>,
): Promise<readonly SearchPart[]> {
  const parts = await ask(requests);
  const lost = requests.filter((_, index) => isLost(parts[index]));
  if (lost.length === 0) return parts;
  const again = [...(await ask(lost))];
  return parts.map((part) => (isLost(part) ? (again.shift() ?? part) : part));
}

function isLost(part: SearchPart | undefined): boolean {
  if (part === undefined || part.status === 429) return false;
  const { status = 200, _shards: shards } = part;
  return (
    status >= 500 || hasMoved(part) || (shards !== undefined && shards.failed > 0 && shards.successful === 0)
  );
}

export function hasMoved({ error }: Pick<SearchPart, 'error'>): boolean {
  return [error, ...(error?.root_cause ?? [])].some((cause) => cause?.type === MOVED);
}

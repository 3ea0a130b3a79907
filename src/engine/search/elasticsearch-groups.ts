/** Which requests go out together. Pure. */
import { askAgainWhereLost } from './elasticsearch-again.ts';
import { faultOfRequest } from './knn-outcome.ts';
import type { KnnRequest } from './search-backend.ts';
import type { SearchPart } from './elasticsearch-outcome.ts';

/**
 * The server's part for each request without a fault, by its place. One multi-search for all vectors; one beside it for
 * the texts of each model, so that a model that is slow or missing holds up no other feature.
 */
export function askInGroups(
  requests: readonly KnnRequest[],
  send: (group: readonly KnnRequest[]) => Promise<readonly SearchPart[]>,
): ReadonlyMap<number, Promise<SearchPart | undefined>> {
  const asked = requests
    .map((request, index) => ({ request, index }))
    .filter(({ request }) => faultOfRequest(request) === null);
  const groups = Map.groupBy(asked, ({ request: { vector } }) =>
    vector instanceof Float32Array ? null : vector.model,
  );
  const parts = new Map<number, Promise<SearchPart | undefined>>();
  for (const [model, group] of groups) {
    const some = group.map(({ request }) => request);
    // A model that fails is not asked again: it may be what is overloaded.
    const answer = model === null ? askAgainWhereLost(some, send) : send(some);
    group.forEach(({ index }, at) => {
      const part = answer.then((all) => all[at]);
      parts.set(index, part);
    });
  }
  return parts;
}

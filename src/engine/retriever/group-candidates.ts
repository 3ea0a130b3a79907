import { ReweighError } from '../errors.ts';
import { groupHits } from '../fusion/group-hits.ts';
import { pickRows } from '../fusion/pick-rows.ts';
import { within } from '../within.ts';
import type { CandidateTable } from '../execution/record.ts';
import type { Document, FieldScalar } from '../collection/collection.ts';
import type { FusedLists } from '../fusion/fuse-lists.ts';
import type { GroupBy } from './retriever.ts';
import type { Plan } from './plan.ts';
import type { Ports } from '../ports.ts';

/** Documents read at once to begin with, at least; each time twice as many. */
const FIRST_READ = 50;
const LARGEST_READ = 1_000;

/**
 * Applies the retriever's groups to a fused order: of one group only so many candidates are hits; those that are
 * skipped stay behind the hits, in fused order with the others, `depth` in all. The groups are read from the
 * documents, as far as it takes to fill the hits. SEARCH_UNAVAILABLE where they cannot be read within the search
 * deadline. A retriever that does not group: as it came.
 */
export async function groupCandidates(
  ports: Pick<Ports, 'backend' | 'clock' | 'settings'>,
  plan: Plan,
  { fused, depth }: { readonly fused: FusedLists; readonly depth: number },
): Promise<FusedLists> {
  const { groupBy, finalTopK } = plan.version.spec;
  if (groupBy === null) return fused;
  const { searchDeadline } = ports.settings;
  const served = await within(ports.clock, searchDeadline, {
    work: chooseHits(ports, plan, { table: fused.table, groupBy, hits: finalTopK }),
    late: () => new ReweighError('SEARCH_UNAVAILABLE', `no groups within ${searchDeadline} ms`),
  });
  const hits = new Set(served);
  const others = [...fused.table.ids.keys()].filter((row) => !hits.has(row)).slice(0, depth);
  return { ...fused, table: pickRows(fused.table, [...served, ...others]), hitCount: served.length };
}

interface Grouping {
  readonly table: CandidateTable;
  readonly groupBy: GroupBy;
  /** Most hits in all. */
  readonly hits: number;
}

/** Rows of the hits, in fused order; reads groups until there are enough. */
async function chooseHits(
  ports: Pick<Ports, 'backend'>,
  plan: Plan,
  { table, groupBy, hits }: Grouping,
): Promise<readonly number[]> {
  const groups: (FieldScalar | null)[] = [];
  let size = Math.max(FIRST_READ, hits);
  let served: readonly number[] = [];
  while (groups.length < table.ids.length && served.length < hits) {
    const rows = [...table.ids.keys()].slice(groups.length, groups.length + size);
    groups.push(...(await readGroups(ports, plan, { table, rows, field: groupBy.field })));
    served = groupHits(groups, { perGroup: groupBy.limit, hits });
    size = Math.min(size * 2, LARGEST_READ);
  }
  return served;
}

/** The groups of these rows; null: a group of its own, as of a document that is gone. */
async function readGroups(
  { backend }: Pick<Ports, 'backend'>,
  plan: Plan,
  what: { readonly table: CandidateTable; readonly rows: readonly number[]; readonly field: string },
): Promise<readonly (FieldScalar | null)[]> {
  const { table, rows, field } = what;
  const documents = await Promise.all(
    plan.collections.map((collection, place): Promise<ReadonlyMap<string, Document>> => {
      const ids = rows.filter((row) => table.collection[row] === place).map((row) => table.ids[row]!);
      return ids.length === 0 ? Promise.resolve(new Map()) : backend.fetch(collection, ids, { vectors: [] });
    }),
  );
  return rows.map((row) => {
    const value = documents[table.collection[row]!]?.get(table.ids[row]!)?.fields.get(field);
    return value === undefined || typeof value === 'object' ? null : value;
  });
}

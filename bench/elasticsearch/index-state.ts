import { setTimeout as sleep } from 'node:timers/promises';

/** What an index is on disk, once nothing is merged any more. */
export interface IndexState {
  readonly documents: number;
  /** Of the shard's files, in bytes. */
  readonly bytes: number;
  readonly segments: number;
}

interface Stats {
  readonly _all: {
    readonly primaries: {
      readonly docs: { readonly count: number };
      readonly store: { readonly size_in_bytes: number };
      readonly segments: { readonly count: number };
      readonly merges: { readonly current: number };
    };
  };
}

const MOST_MILLISECONDS = 1_800_000;
/** Between two looks; sizes in the statistics are up to 10 s old. */
const LOOK_MILLISECONDS = 12_000;

/** Writes everything to segments, lets searches see it, and tells how many documents there are. */
export async function refresh(url: string, index: string): Promise<number> {
  const { status } = await fetch(`${url}/${index}/_refresh`, { method: 'POST' });
  if (status !== 200) throw new Error(`the index ${index} could not be refreshed: ${status}`);
  const answer = await fetch(`${url}/${index}/_count`);
  const { count } = (await answer.json()) as { readonly count: number };
  return count;
}

/** Merges the index into one segment a shard, which takes minutes for graphs of many documents. */
export async function mergeByForce(url: string, index: string): Promise<void> {
  const path = `${url}/${index}/_forcemerge?max_num_segments=1&wait_for_completion=false`;
  const { status } = await fetch(path, { method: 'POST' });
  if (status !== 200) throw new Error(`the index ${index} could not be merged: ${status}`);
}

/** Flushes and waits until the merges that run have ended. */
export async function settledIndex(url: string, index: string): Promise<IndexState> {
  await fetch(`${url}/${index}/_flush`, { method: 'POST' });
  const end = performance.now() + MOST_MILLISECONDS;
  let before: IndexState | null = null;
  for (;;) {
    const { state, merging } = await stateOf(url, index);
    // One merge follows another, and the files of merged segments go some time later.
    if (!merging && before?.bytes === state.bytes && before.segments === state.segments) return state;
    if (performance.now() > end) throw new Error(`${index} is still being merged`);
    before = merging ? null : state;
    await sleep(LOOK_MILLISECONDS);
  }
}

async function stateOf(
  url: string,
  index: string,
): Promise<{ readonly state: IndexState; readonly merging: boolean }> {
  const answer = await fetch(`${url}/${index}/_stats/docs,store,segments,merge`);
  const { docs, store, segments, merges } = ((await answer.json()) as Stats)._all.primaries;
  const state = { documents: docs.count, bytes: store.size_in_bytes, segments: segments.count };
  return { state, merging: merges.current > 0 };
}

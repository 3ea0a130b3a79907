import { describe, expect, test } from '@jest/globals';
import { failWhereRefused, newRunState, note } from '../../../src/engine/collection/reindexing-state.ts';
import { findRefused } from '../../../src/engine/collection/find-refused.ts';
import type { ClaimedRun } from '../../../src/engine/collection/run-reindexing.ts';
import type { Draft } from '../../../src/engine/collection/embed-documents.ts';

const draftsOf = (count: number): readonly Draft[] =>
  Array.from({ length: count }, (_, index) => ({ index, id: `d${index}`, parsed: null, faults: [] }));

/** Refuses a request that holds one of these; the sizes of all requests. */
function embedderThatRefuses(bad: ReadonlySet<number>, asked: number[]) {
  return (drafts: readonly Draft[]): Promise<readonly Draft[]> => {
    asked.push(drafts.length);
    const refused = drafts.some(({ index }) => bad.has(index));
    const faults = [{ code: 'EMBEDDING_FAILED', path: [], message: 'no' }] as const;
    return Promise.resolve(
      drafts.map((draft) => ({ ...draft, id: `${draft.id}!`, faults: refused ? faults : [] })),
    );
  };
}
const refusedOf = (drafts: readonly Draft[]): readonly number[] =>
  drafts.filter(({ faults }) => faults.length > 0).map(({ index }) => index);

describe('finding the refused texts of a portion', () => {
  test('takes one request where none is refused, and a few more for a single one among a hundred', async () => {
    for (const [bad, most] of [
      [[], 1],
      [[0], 15],
      [[63], 15],
      [[99], 15],
    ] as const) {
      const asked: number[] = [];
      const found = await findRefused(embedderThatRefuses(new Set(bad), asked), draftsOf(100));
      expect(refusedOf(found)).toEqual(bad);
      expect(found.map(({ index }) => index)).toEqual(draftsOf(100).map(({ index }) => index));
      expect(asked.length).toBeLessThanOrEqual(most);
    }
  });

  test('finds all of them, wherever they are, and embeds all others', async () => {
    const bad = [0, 1, 17, 18, 50, 98, 99];
    const found = await findRefused(embedderThatRefuses(new Set(bad), []), draftsOf(100));
    expect(refusedOf(found)).toEqual(bad);
  });

  test('gives up where twenty are refused and none was taken', async () => {
    const all = new Set(draftsOf(100).map(({ index }) => index));
    const asked: number[] = [];
    await expect(findRefused(embedderThatRefuses(all, asked), draftsOf(100))).rejects.toMatchObject({
      code: 'EMBEDDING_FAILED',
      message: '20 texts were refused and none was embedded; no',
    });
    expect(asked.length).toBeLessThan(50);
    expect(refusedOf(await findRefused(embedderThatRefuses(all, []), draftsOf(19)))).toHaveLength(19);
  });
});

describe('what a run knows of refused texts', () => {
  const run = (refusedTexts: ClaimedRun['refusedTexts']): ClaimedRun =>
    ({ refusedTexts, embed: new Set() }) as unknown as ClaimedRun;

  test('is what became of a document when it was revised last', () => {
    const state = newRunState();
    note(state, { ids: ['a', 'b'], embedded: 0, refused: [{ id: 'a', reason: 'too long' }] });
    expect(state.progress).toMatchObject({ refused: 1, refusedDocuments: [{ id: 'a', reason: 'too long' }] });
    expect(() => failWhereRefused(run('FAIL'), state)).toThrow('the text of one document');
    expect(() => failWhereRefused(run('LEAVE_OUT'), state)).not.toThrow();
    note(state, { ids: ['a'], embedded: 1, refused: [] });
    expect(state.progress).toMatchObject({ refused: 0, refusedDocuments: [], embedded: 1 });
    expect(() => failWhereRefused(run('FAIL'), state)).not.toThrow();
  });
});

import { beforeAll, describe, expect, test } from '@jest/globals';
import { describeDatabases } from '../support/databases.ts';
import { NOW, someId } from '../support/fixtures.ts';
import { PostgresCatalogStore } from '../../src/engine/collection/postgres-catalog-store.ts';
import { PostgresReindexingStore } from '../../src/engine/collection/postgres-reindexing-store.ts';
import type { Database } from '../../src/store/database.ts';
import type { ReindexingStore } from '../../src/engine/collection/reindexing.ts';
import type { Uuid } from '../../src/engine/ids.ts';

const NONE = { documents: 0, total: 0, embedded: 0, refused: 0, refusedDocuments: [] };
const SOME = {
  documents: 10,
  total: 5_000_000_000,
  embedded: 3,
  refused: 4_000_000_000,
  refusedDocuments: [
    { id: 'a "b" \u{1d53d}', reason: 'too long' },
    { id: 'c', reason: 'a\u0000b' },
  ],
};

describeDatabases('claims on reindexing', (databases) => {
  let database: Database;
  let store: ReindexingStore;
  /** As another instance has it; the same where one is all. */
  let other: ReindexingStore;
  let catalog: PostgresCatalogStore;
  beforeAll(async () => {
    const opened = await databases.open();
    ({ database } = opened);
    store = new PostgresReindexingStore(database.sql);
    other = opened.another === null ? store : new PostgresReindexingStore((await opened.another()).sql);
    catalog = new PostgresCatalogStore(database);
  });

  const collectionNamed = async (name: string): Promise<Uuid> => {
    const id = someId();
    await catalog.insertCollection({ id, namespace: 'n', name, fields: [], createdAt: NOW });
    return id;
  };
  /** As if nothing had been heard of the holder for so many seconds. */
  const age = (collectionId: Uuid, seconds: number): Promise<unknown> =>
    database.sql.query(
      `update reindexing set beat_at = now() - $2::int * interval '1 second' where collection_id = $1`,
      [collectionId, seconds],
    );

  test('one run at a time holds the claim of a collection, and only it can speak', async () => {
    const collectionId = await collectionNamed('one');
    expect(await store.find(collectionId)).toBeNull();
    const runs = [0, 1, 2, 3].map(() => ({ collectionId, run: someId() }));
    const begun = await Promise.all(runs.map((run, i) => (i % 2 === 0 ? store : other).begin(run)));
    expect(begun.filter(Boolean)).toHaveLength(1);
    const holder = runs[begun.indexOf(true)]!;
    const stranger = runs[begun.indexOf(false)]!;
    expect(await store.beat(stranger, SOME)).toBe(false);
    expect(await store.end(stranger, { state: 'FAILED', reason: 'x' })).toBe(false);
    expect(await other.find(collectionId)).toMatchObject({ state: 'RUNNING', ...NONE, finishedAt: null });
    expect(await store.beat(holder, SOME)).toBe(true);
    expect(await other.find(collectionId)).toMatchObject({ state: 'RUNNING', ...SOME });
    expect(await store.end(holder, { state: 'FAILED', reason: 'no luck' })).toBe(true);
    expect(await store.beat(holder, NONE)).toBe(false);
    expect(await other.find(collectionId)).toMatchObject({ state: 'FAILED', ...SOME, reason: 'no luck' });
  });

  test('a new run forgets what the last one said', async () => {
    const collectionId = await collectionNamed('again');
    const first = { collectionId, run: someId() };
    await store.begin(first);
    await store.beat(first, SOME);
    await store.end(first, { state: 'FAILED', reason: 'no luck' });
    const second = { collectionId, run: someId() };
    expect(await other.begin(second)).toBe(true);
    expect(await store.find(collectionId)).toMatchObject({ state: 'RUNNING', ...NONE, reason: null });
    await other.end(second, { state: 'DONE', reason: null });
    const ended = (await store.find(collectionId))!;
    expect(ended.state).toBe('DONE');
    expect(ended.finishedAt!.getTime()).toBeGreaterThanOrEqual(ended.startedAt.getTime());
  });

  test('only claims that nothing was heard of for 30 s are taken over, each by one', async () => {
    const [dead, alive, ended] = [
      await collectionNamed('dead'),
      await collectionNamed('alive'),
      await collectionNamed('ended'),
    ];
    const claim = (collectionId: Uuid): { collectionId: Uuid; run: Uuid } => ({
      collectionId,
      run: someId(),
    });
    const [lost, kept, over] = [claim(dead), claim(alive), claim(ended)];
    for (const run of [lost, kept, over]) await store.begin(run);
    await store.end(over, { state: 'DONE', reason: null });
    await age(dead, 31);
    await age(alive, 25);
    await age(ended, 3_600);
    const takers = [someId(), someId()] as const;
    const taken = await Promise.all([store.takeOver(takers[0]), other.takeOver(takers[1])]);
    expect(taken.flat()).toEqual([{ id: dead, namespace: 'n' }]);
    expect(await store.beat(lost, NONE)).toBe(false);
    expect(await store.beat(kept, NONE)).toBe(true);
    const run = takers[taken.findIndex(({ length }) => length > 0)]!;
    expect(await store.end({ collectionId: dead, run }, { state: 'FAILED', reason: 'dead' })).toBe(true);
  });

  describe('goes with its collection', () => {
    test('and cannot begin without one', async () => {
      const collectionId = await collectionNamed('gone');
      const run = { collectionId, run: someId() };
      await store.begin(run);
      await catalog.deleteCollection('n', collectionId);
      expect(await store.find(collectionId)).toBeNull();
      expect(await store.beat(run, NONE)).toBe(false);
      expect(await store.begin(run)).toBe(false);
    });
  });
});

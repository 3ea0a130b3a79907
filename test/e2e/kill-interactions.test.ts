import { afterAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { distance, naiveCounters, type FinalState } from '../support/naive-counters.ts';
import { FEATURES, NAMESPACE, startInstance, type Instance } from '../support/learning-world.ts';
import { countersOf } from '../support/learning-reads.ts';
import { DEFAULT_REWARD_MAP, rewardOf } from '../../src/engine/learning/reward.ts';
import { freshDataDir } from '../support/database-embedded.ts';
import { openEmbeddedDatabase } from '../../src/store/embedded-database.ts';
import { rebuild } from '../conformance/counter-store-world.ts';
import { TEST_SETTINGS } from '../support/databases.ts';
import type { Sql } from '../../src/store/sql.ts';
import type { Uuid } from '../../src/engine/ids.ts';

/** KILLS=10 for the long run. */
const KILLS = Number(process.env['KILLS'] ?? 3);
const PER_SECOND = 2_000;
const LEAST_ACKNOWLEDGED = 1_000;

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** Lets a process report until it was told of enough, kills it without warning, and gives what it was told. */
async function reportAndKill(
  folder: string,
): Promise<{ readonly retrieverId: Uuid; readonly acknowledged: readonly Uuid[] }> {
  const child = spawn(process.execPath, ['test/support/report-until-killed.ts', folder, String(PER_SECOND)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  const enough = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (data) => {
      printed += String(data);
      if (printed.split('\n').length > LEAST_ACKNOWLEDGED) resolve();
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code} before it was killed`)));
  });
  await enough;
  const ended = once(child, 'close');
  child.kill('SIGKILL');
  await ended;
  // The last line may be cut.
  const lines = printed.split('\n').slice(0, -1);
  const [head = '', ...acknowledged] = lines;
  return { retrieverId: head.split(' ')[1] as Uuid, acknowledged: acknowledged as Uuid[] };
}

/** What the records say in the end. */
async function finalStates(instance: Instance, sql: Sql, retrieverId: Uuid): Promise<readonly FinalState[]> {
  const rows = await sql.query<{ readonly id: Uuid; readonly rank: number | null; readonly kinds: number }>(
    `select e.id, i.rank, coalesce(bit_or(i.kinds), 0)::int as kinds from execution e
     left join interaction i on i.execution_id = e.id where e.retriever_id = $1 group by e.id, i.rank`,
    [retrieverId],
  );
  const rewards = new Map<Uuid, Map<number, number>>();
  for (const { id, rank, kinds } of rows) {
    const known = rewards.get(id) ?? new Map<number, number>();
    rewards.set(id, known);
    if (rank !== null) known.set(rank, rewardOf(kinds, DEFAULT_REWARD_MAP));
  }
  return Promise.all(
    [...rewards].map(async ([id, ofHits]) => {
      const record = (await instance.executions.find(NAMESPACE, id))!;
      const pages = await instance.executions.impressions(NAMESPACE, id);
      return { record, shownTo: Math.max(...pages.map(({ to }) => to)), rewards: ofHits };
    }),
  );
}

describe(`kill -9 under ${PER_SECOND} interactions a second`, () => {
  test.each(Array.from({ length: KILLS }, (_, index) => index + 1))(
    'loses no acknowledged interaction and counts none twice (%d)',
    async () => {
      const folder = await freshDataDir();
      folders.push(folder);
      const { retrieverId, acknowledged } = await reportAndKill(folder);
      expect(acknowledged.length).toBeGreaterThan(LEAST_ACKNOWLEDGED / 2);
      const database = await openEmbeddedDatabase(folder, TEST_SETTINGS);
      try {
        const { sql } = database;
        const instance = startInstance(sql);
        const stored = await sql.query(
          `select 1 from interaction where id = any($1::uuid[]) and state = 'CREDITED'`,
          [acknowledged],
        );
        expect(stored).toHaveLength(acknowledged.length);
        const expected = naiveCounters(await finalStates(instance, sql, retrieverId), FEATURES);
        const counters = await countersOf(instance, retrieverId);
        expect(counters[1]).toBeGreaterThan(100);
        expect(distance(counters, expected)).toBeLessThanOrEqual(1);
        await rebuild([instance], retrieverId);
        expect(distance(await countersOf(instance, retrieverId), expected)).toBeLessThanOrEqual(1);
      } finally {
        await database.close();
      }
    },
  );
});

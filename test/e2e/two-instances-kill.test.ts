import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { addWorld } from '../../scripts/trial/storm-world.ts';
import { ensureBuilt } from '../support/process.ts';
import { freshDatabase } from '../support/production.ts';
import { isRight, verify } from '../../scripts/trial/verify.ts';
import { describeForms, startForm, type ProductionServers } from '../support/production-forms.ts';
import { seededRandom } from '../../src/engine/random.ts';
import { startInstance, type Instance } from '../../scripts/trial/instance.ts';
import { storm } from '../../scripts/trial/storm.ts';

/** 50,000 with: npm run trial -- interactions */
const INTERACTIONS = 2_500;

beforeAll(ensureBuilt);

describeForms('two instances under interactions in random order, some sent to both, one killed,', (form) => {
  let servers: ProductionServers;
  let client: pg.Client;
  let instances: [Instance, Instance];
  let start: () => Promise<Instance>;

  beforeAll(async () => {
    servers = await startForm(form);
    const url = (await freshDatabase(servers.database))();
    start = () => startInstance({ ...servers.environment, DATABASE_URL: url });
    instances = [await start(), await start()];
    client = new pg.Client({ connectionString: url });
    await client.connect();
  }, 240_000);
  afterAll(async () => {
    await client.end();
    for (const instance of instances) await instance.stop();
    await servers.stop();
  });

  test('lose none, count none twice, and have the counters that a rebuild has', async () => {
    const random = seededRandom('two instances');
    const next = (): number => random.next();
    await addWorld(instances[0].url, next);
    const outcome = await storm({
      urls: () => [instances[0].url, instances[1].url],
      interactions: INTERACTIONS,
      random: next,
      onHalf: async () => {
        await instances[1].stop('SIGKILL');
        instances[1] = await start();
      },
    });
    expect(outcome.reports.length).toBeGreaterThanOrEqual(INTERACTIONS);
    expect(outcome.sentToBoth).toBeGreaterThan(50);
    expect(outcome.pairs).toBeGreaterThan(50);
    expect(outcome.sentAgain).toBeGreaterThan(0);
    const verdict = await verify(client, instances[0].url, outcome.reports);
    expect(verdict).toMatchObject({
      stored: outcome.reports.length,
      missing: 0,
      uncredited: 0,
      wrongKinds: 0,
    });
    expect(verdict.difference).toBeLessThanOrEqual(1);
    // Everybody, three segments, thirty users.
    expect(verdict.contexts).toBeGreaterThanOrEqual(34);
    await expectFaultsToBeSeen(outcome.reports);
  });

  /** The same check on counters and records that were spoilt by hand. */
  const expectFaultsToBeSeen = async (reports: Parameters<typeof verify>[2]): Promise<void> => {
    await client.query(
      `update counter set sums[24] = sums[24] + 1 where level = 'GLOBAL'
       and build = (select build from learning_state where retriever_id = counter.retriever_id)`,
    );
    await client.query(`delete from interaction where idempotency_key = $1`, [reports[7]!.idempotencyKey]);
    const verdict = await verify(client, instances[0].url, reports);
    expect(verdict.missing).toBe(1);
    expect(verdict.difference).toBeGreaterThan(1_000);
    expect(isRight(verdict, reports)).toBe(false);
  };
});

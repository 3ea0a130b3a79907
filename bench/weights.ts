/**
 * Choosing weights for a user, with very many users' counters in PostgreSQL 18 from npm.
 *   node bench/weights.ts [--users 1000000] [--reads 2000]
 * The demo's learned retriever, and invented counters for everybody, 20 segments and each user. First users whose
 * counters are not in memory: how long reading them takes, and how many times the store was asked. Then the same users
 * again at once, from memory. Aims: at most one read; 50 µs from memory.
 */
import { parseArgs } from 'node:util';
import { chooseWeights } from '../src/engine/learning/choose-weights.ts';
import { drawSeed } from '../src/engine/learning/draw.ts';
import { fillCounters } from './interactions/fill-counters.ts';
import { freshDatabase } from '../test/support/production.ts';
import { generationOf, readEvidence } from '../src/engine/learning/read-evidence.ts';
import { helpOnRequest } from './support/help.ts';
import { loadPlan, type Plan } from '../src/engine/retriever/plan.ts';
import { NAMESPACE, openDemoDatabase } from './interactions/demo-database.ts';
import { npmPostgres, startPostgres } from '../scripts/postgres-server.ts';
import { quantile, verdict } from './support/statistics.ts';
import { seededRandom } from '../src/engine/random.ts';
import { startCounterCache } from '../src/engine/learning/counter-cache.ts';
import type { Ports } from '../src/engine/ports.ts';

helpOnRequest(import.meta.filename);
const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '1000000' },
    reads: { type: 'string', default: '2000' },
  },
});
const USERS = Number(values.users);
const READS = Number(values.reads);
/** Users asked for one after the other, then again at once from memory: they must not grow old in between. */
const TOGETHER = 50;
const AIM_MICROSECONDS = 50;

async function measure(url: string): Promise<void> {
  const { ports, close } = await openDemoDatabase(url);
  const plan = await loadPlan(ports, { namespace: NAMESPACE, retriever: 'demo', version: null });
  const filling = performance.now();
  await fillCounters(url, {
    namespace: NAMESPACE,
    retrieverId: plan.retriever.id,
    generation: generationOf(plan),
    features: plan.searches.length,
    users: USERS,
  });
  console.log(
    `${USERS} users' counters stored in ${((performance.now() - filling) / 1_000).toFixed(0)} s; ${plan.searches.length} features`,
  );
  let asked = 0;
  const counterCache = startCounterCache(
    {
      read: (question) => {
        asked += 1;
        return ports.counters.read(question);
      },
    },
    ports.clock,
  );
  const choose = (user: number): Promise<number> => timeChoice({ ...ports, counterCache }, plan, user);
  const random = seededRandom('users');
  const [cold, warm]: [number[], number[]] = [[], []];
  let most = 0;
  while (cold.length < READS) {
    const users = Array.from({ length: TOGETHER }, () => Math.floor(random.next() * USERS));
    for (const user of users) {
      const before = asked;
      cold.push(await choose(user));
      most = Math.max(most, asked - before);
    }
    for (const user of users) warm.push(await choose(user));
  }
  const told = (times: readonly number[]): string =>
    [0.5, 0.99].map((share) => `${quantile(times, share).toFixed(0)} µs`).join(', p99 ');
  console.log(`not in memory: p50 ${told(cold)}; at most ${most} read of the store each`);
  console.log(`from memory:   p50 ${told(warm)}; ${verdict(quantile(warm, 0.5), AIM_MICROSECONDS)} µs`);
  await close();
}

/** Microseconds to the weights of a user. */
async function timeChoice(
  ports: Pick<Ports, 'counterCache' | 'clock'>,
  plan: Plan,
  user: number,
): Promise<number> {
  const began = performance.now();
  const audience = { segment: [`segment ${user % 20}`], user: `user ${user}`, session: null };
  const { belief, generation, epochs } = await readEvidence(ports, plan, audience);
  if (belief?.level !== 'USER') throw new Error(`expected the weights of a user, got ${belief?.reason}`);
  const seed = drawSeed({
    retriever: plan.retriever.id,
    generation,
    session: null,
    execution: `${began}`,
  });
  chooseWeights({
    strategy: 'LEARNED',
    given: plan.searches.map(({ search }) => search.weight),
    generation,
    epochs,
    learned: { belief, mode: 'DRAW', seed },
  });
  return 1_000 * (performance.now() - began);
}

const server = await startPostgres(await npmPostgres(), ['fsync=off', 'max_wal_size=4GB']);
try {
  await measure((await freshDatabase(server))());
} finally {
  await server.stop();
}

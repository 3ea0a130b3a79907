/**
 * The production form on one machine, for a trial:
 *   npm run trial -- up                     PostgreSQL, Elasticsearch where it can be had, two instances; until ^C
 *   npm run trial -- down                   ends what `up` has started; its data stays
 *   npm run trial -- interactions [COUNT]   two instances on a database of their own, and Elasticsearch where it can be
 *                                           had, 50,000 interactions in random order, one instance killed half-way;
 *                                           counters against a rebuild
 * Environment: TRIAL_DIR (/var/tmp/reweigh-trial), TRIAL_PORT (4000; the second instance has the next one), and
 * those of scripts/elasticsearch.ts. Remove TRIAL_DIR to begin anew.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { addWorld, removeWorld } from './trial/storm-world.ts';
import { isRight, sizesIn, verify } from './trial/verify.ts';
import { npmPostgres, startPostgres } from './postgres-server.ts';
import { seededRandom } from '../src/engine/random.ts';
import { startInstance, type Instance } from './trial/instance.ts';
import { startSearch } from './trial/search.ts';
import { storm } from './trial/storm.ts';

const folder = process.env['TRIAL_DIR'] ?? '/var/tmp/reweigh-trial';
const port = Number(process.env['TRIAL_PORT'] ?? 4000);
const note = join(folder, 'pid');
const INTERACTIONS = 50_000;

const addressOf = (socketFolder: string): string =>
  `postgresql://postgres@localhost/postgres?host=${encodeURIComponent(socketFolder)}`;

function build(): void {
  const built = spawnSync(process.execPath, ['scripts/build.ts', '--if-stale'], { stdio: 'inherit' });
  if (built.status !== 0) throw new Error('src/ does not compile');
}

function runningTrial(): number | null {
  if (!existsSync(note)) return null;
  const pid = Number(readFileSync(note, 'utf8'));
  try {
    process.kill(pid, 0);
    return pid;
  } catch {
    return null;
  }
}

async function up(): Promise<void> {
  if (runningTrial() !== null) throw new Error('a trial is up; end it with: npm run trial -- down');
  build();
  mkdirSync(folder, { recursive: true });
  writeFileSync(note, String(process.pid));
  const stopped = new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  const database = await startPostgres(await npmPostgres(), [], join(folder, 'postgres'));
  const search = await startSearch();
  const instances: Instance[] = [];
  try {
    const environment = { DATABASE_URL: addressOf(database.folder), ...search.environment };
    for (const offset of [0, 1])
      instances.push(await startInstance({ ...environment, PORT: String(port + offset) }));
    console.log(`PostgreSQL     ${environment.DATABASE_URL}`);
    console.log(`Search         ${search.says}`);
    for (const { url } of instances) console.log(`Instance       ${url}/graphql   ${url}/metrics`);
    console.log('Ends with ^C, or with: npm run trial -- down');
    await stopped;
  } finally {
    for (const instance of instances) await instance.stop();
    await search.stop();
    await database.stop();
    rmSync(note, { force: true });
  }
}

async function down(): Promise<void> {
  const pid = runningTrial();
  if (pid === null) throw new Error('no trial is up');
  process.kill(pid, 'SIGTERM');
  while (runningTrial() !== null) await sleep(100);
}

async function interactions(count: number): Promise<void> {
  if (!Number.isInteger(count) || count < 100) throw new Error('expected a number of at least 100');
  build();
  const database = await startPostgres(await npmPostgres(), ['fsync=on']);
  const search = await startSearch();
  const environment = {
    DATABASE_URL: addressOf(database.folder),
    ...search.environment,
    ELASTICSEARCH_INDEX_PREFIX: `trial-${process.pid}-`,
  };
  console.log(`Search         ${search.says}`);
  const instances: [Instance, Instance] = [
    await startInstance(environment),
    await startInstance(environment),
  ];
  const client = new pg.Client({ connectionString: environment.DATABASE_URL });
  try {
    await client.connect();
    const random = seededRandom('trial');
    const next = (): number => random.next();
    await addWorld(instances[0].url, next);
    const outcome = await storm({
      urls: () => [instances[0].url, instances[1].url],
      interactions: count,
      random: next,
      onHalf: async () => {
        console.log('half-way: kill -9');
        await instances[1].stop('SIGKILL');
        instances[1] = await startInstance(environment);
      },
    });
    const { reports, ...counts } = outcome;
    console.log(`acknowledged ${reports.length}`, counts);
    const verdict = await verify(client, instances[0].url, reports);
    console.log(verdict);
    console.log('bytes a row', await sizesIn(client));
    const metrics = await (await fetch(`${instances[0].url}/metrics`)).text();
    console.log(metrics.split('\n').find((line) => line.startsWith('process_resident_memory_bytes ')));
    if (!isRight(verdict, reports)) throw new Error('the counters are not those of a rebuild');
    console.log('counters equal a rebuild; none lost, none twice');
  } finally {
    await client.end();
    await removeWorld(instances[0].url).catch((error: unknown) => console.error('the index stays:', error));
    for (const instance of instances) await instance.stop();
    await search.stop();
    await database.stop();
  }
}

const [command, argument] = process.argv.slice(2);
const commands: Readonly<Record<string, () => Promise<void>>> = {
  up,
  down,
  interactions: () => interactions(Number(argument ?? INTERACTIONS)),
};
try {
  const run = commands[command ?? ''];
  if (run === undefined) throw new Error('usage: npm run trial -- up | down | interactions [COUNT]');
  await run();
} catch (error) {
  console.error(`trial: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

/**
 * Brings up a real Elasticsearch on this machine without Docker: the build that Elastic publishes to Maven
 * Central for integration tests. It lacks scripts, ingest and inference; kNN, bulk, aliases and filters are whole.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const VERSION = '9.5.4';
const LEAST_JAVA = 21;
const START_MILLISECONDS = 180_000;
const STOP_MILLISECONDS = 20_000;

export interface ClusterOptions {
  /** Holds the downloaded server; reachable for the user `nobody` when run as root. */
  readonly home: string;
  /** Holds the nodes' settings, data and logs; reachable in the same way. */
  readonly data: string;
  readonly nodes: number;
  /** HTTP port of the first node; the others follow. Transport ports are 100 higher. */
  readonly port: number;
  /** Java heap of each node, such as 1g. */
  readonly heap: string;
  /** Further lines of elasticsearch.yml, the same for every node. */
  readonly settings?: readonly string[];
}

export function urlOf({ port }: Pick<ClusterOptions, 'port'>, node = 1): string {
  return `http://127.0.0.1:${port + node - 1}`;
}

/** The addresses of all nodes, with commas between them. */
export function urlsOf(cluster: Pick<ClusterOptions, 'port' | 'nodes'>): string {
  return Array.from({ length: cluster.nodes }, (_, index) => urlOf(cluster, index + 1)).join(',');
}

/** The home of a JDK of version 21 or newer; null where there is none. */
export function findJava(): string | null {
  const candidates = [process.env['JAVA_HOME'], ...globSync('/usr/lib/jvm/*')].flatMap((home) => {
    if (home === undefined || !existsSync(join(home, 'bin/java'))) return [];
    const said = spawnSync(join(home, 'bin/java'), ['-version'], { encoding: 'utf8' });
    const version = Number(/version "(\d+)/.exec(said.stderr)?.[1] ?? 0);
    return version >= LEAST_JAVA ? [{ home, version }] : [];
  });
  return candidates.sort((a, b) => b.version - a.version)[0]?.home ?? null;
}

/** Why no server can be started here; null where one can. */
export function whyNoServer(home: string): string | null {
  if (findJava() === null) return `no JDK ${LEAST_JAVA} or newer (JAVA_HOME or /usr/lib/jvm)`;
  if (existsSync(distribution(home))) return null;
  const missing = ['mvn', 'unzip'].filter((tool) => spawnSync('which', [tool]).status !== 0);
  return missing.length === 0 ? null : `${missing.join(' and ')} not installed`;
}

function distribution(home: string): string {
  return join(home, `elasticsearch-${VERSION}`);
}

/** Downloads the server unless it is there. Several processes may do so at once. */
export function download(home: string): void {
  if (existsSync(distribution(home))) return;
  mkdirSync(home, { recursive: true });
  const partial = mkdtempSync(join(home, 'download-'));
  const artifact = `org.elasticsearch.distribution.integ-test-zip:elasticsearch:${VERSION}:zip`;
  const copy = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy';
  run('mvn', ['-B', '-q', copy, `-Dartifact=${artifact}`, `-DoutputDirectory=${partial}`]);
  run('unzip', ['-q', join(partial, `elasticsearch-${VERSION}.zip`), '-d', partial]);
  const owner = serverUser();
  if (owner !== null) chownTree(join(partial, `elasticsearch-${VERSION}`), owner);
  if (!existsSync(distribution(home)))
    renameSync(join(partial, `elasticsearch-${VERSION}`), distribution(home));
  rmSync(partial, { recursive: true, force: true });
}

function run(command: string, args: readonly string[]): void {
  const done = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (done.status !== 0) throw new Error(`${command} ended with ${done.status ?? done.signal ?? done.error}`);
}

/** Starts the nodes that do not answer and waits until all have joined. The URL of the first. */
export async function startCluster(options: ClusterOptions): Promise<string> {
  const reason = whyNoServer(options.home);
  if (reason !== null) throw new Error(`Elasticsearch cannot be started: ${reason}`);
  download(options.home);
  const numbers = Array.from({ length: options.nodes }, (_, index) => index + 1);
  await Promise.all(
    numbers.map(async (node) => {
      if (!(await answers(urlOf(options, node)))) await startNode(options, node);
    }),
  );
  const health = `/_cluster/health?wait_for_nodes=${options.nodes}&wait_for_status=yellow&timeout=60s`;
  const end = Date.now() + START_MILLISECONDS;
  while (!(await answers(urlOf(options) + health))) {
    if (Date.now() > end) throw new Error(`Elasticsearch did not answer; see ${options.data}/node-1/logs`);
    await sleep(250);
  }
  return urlOf(options);
}

/** One whose security is on is up when it asks who is there. */
export async function answers(url: string): Promise<boolean> {
  try {
    const path = new URL(url).pathname === '/' ? new URL('/_cluster/health', url) : url;
    const { ok, status } = await fetch(path, { signal: AbortSignal.timeout(65_000) });
    return ok || status === 401;
  } catch {
    return false;
  }
}

async function startNode(options: ClusterOptions, node: number): Promise<void> {
  const home = join(options.data, `node-${node}`);
  for (const folder of ['config', 'data', 'logs']) mkdirSync(join(home, folder), { recursive: true });
  cpSync(join(distribution(options.home), 'config'), join(home, 'config'), { recursive: true });
  writeFileSync(join(home, 'config/elasticsearch.yml'), settings(options, node));
  mkdirSync(join(home, 'config/jvm.options.d'), { recursive: true });
  const heap = `-Xms${options.heap}\n-Xmx${options.heap}\n`;
  writeFileSync(join(home, 'config/jvm.options.d/heap.options'), heap);
  const owner = serverUser();
  if (owner !== null) {
    chmodSync(options.data, 0o755);
    chownTree(home, owner);
  }
  const starting = spawn(
    join(distribution(options.home), 'bin/elasticsearch'),
    ['-d', '-p', join(home, 'pid')],
    {
      cwd: home,
      env: {
        PATH: process.env['PATH'],
        ES_JAVA_HOME: findJava()!,
        ES_PATH_CONF: join(home, 'config'),
      },
      stdio: ['ignore', 'ignore', 'inherit'],
      ...(owner === null ? {} : owner),
    },
  );
  const [code] = (await once(starting, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`Elasticsearch node ${node} ended with ${code}; see ${home}/logs`);
}

function settings({ nodes, port, data, settings: more = [] }: ClusterOptions, node: number): string {
  const folder = join(data, `node-${node}`);
  const all = Array.from({ length: nodes }, (_, index) => index + 1);
  const fresh = readdirSync(join(folder, 'data')).length === 0;
  return [
    'cluster.name: reweigh-trial',
    `node.name: node-${node}`,
    `path.data: ${folder}/data`,
    `path.logs: ${folder}/logs`,
    'network.host: 127.0.0.1',
    `http.port: ${port + node - 1}`,
    `transport.port: ${port + 100 + node - 1}`,
    ...(more.some((line) => line.startsWith('xpack.security.enabled:'))
      ? []
      : ['xpack.security.enabled: false']),
    'cluster.routing.allocation.disk.threshold_enabled: false',
    ...(nodes === 1
      ? ['discovery.type: single-node']
      : [
          `discovery.seed_hosts: [${all.map((one) => `"127.0.0.1:${port + 100 + one - 1}"`).join(', ')}]`,
          ...(fresh ? [`cluster.initial_master_nodes: [${all.map((one) => `node-${one}`).join(', ')}]`] : []),
        ]),
    ...more,
    '',
  ].join('\n');
}

/** Elasticsearch refuses to run as root: then it runs as nobody. */
function serverUser(): { readonly uid: number; readonly gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const ask = (flag: string): number =>
    Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout.trim());
  return { uid: ask('-u'), gid: ask('-g') };
}

function chownTree(folder: string, { uid, gid }: { readonly uid: number; readonly gid: number }): void {
  chownSync(folder, uid, gid);
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
    chownSync(join(entry.parentPath, entry.name), uid, gid);
}

/** The process of a node; null where it does not run. */
export function pidOf({ data }: Pick<ClusterOptions, 'data'>, node: number): number | null {
  const file = join(data, `node-${node}`, 'pid');
  if (!existsSync(file)) return null;
  const pid = Number(readFileSync(file, 'utf8'));
  return isAlive(pid) ? pid : null;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Stops a node and waits for its end; harmless where it does not run. It takes its pid file away before it ends. */
export async function stopNode(options: Pick<ClusterOptions, 'data'>, node: number): Promise<void> {
  const pid = pidOf(options, node);
  if (pid === null) return;
  process.kill(pid, 'SIGTERM');
  const end = Date.now() + STOP_MILLISECONDS;
  while (isAlive(pid)) {
    if (Date.now() > end) process.kill(pid, 'SIGKILL');
    await sleep(100);
  }
}

/** Stops every node under this home. */
export async function stopCluster({ data }: Pick<ClusterOptions, 'data'>): Promise<void> {
  const nodes = globSync(join(data, 'node-*')).map((folder) => Number(folder.split('-').at(-1)));
  await Promise.all(nodes.map((node) => stopNode({ data }, node)));
}

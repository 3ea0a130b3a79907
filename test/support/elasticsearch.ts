import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { takeTurn } from './turns.ts';
import {
  startCluster,
  stopCluster,
  whyNoServer,
  type ClusterOptions,
} from '../../scripts/elasticsearch-server.ts';

export interface TestElasticsearch {
  readonly url: string;
  /** The cluster where this test started it; null where ELASTICSEARCH_URL names one. */
  readonly cluster: ClusterOptions | null;
  stop(): Promise<void>;
}

/** Where the downloaded server is kept between runs. */
const HOME = process.env['ES_HOME_DIR'] ?? '/var/tmp/reweigh-elasticsearch';

/** Why no Elasticsearch is to be had; null where one is. With CI=true that is a failure, not a reason to skip. */
export function whyNoElasticsearch(): string | null {
  if (process.env['ELASTICSEARCH_URL'] !== undefined) return null;
  const reason = whyNoServer(HOME);
  if (reason !== null && process.env['CI'] === 'true') throw new Error(`no Elasticsearch: ${reason}`);
  return reason;
}

/** Why no Elasticsearch of the caller's own can be started, whatever ELASTICSEARCH_URL says; null where one can. */
export function whyNoOwnElasticsearch(): string | null {
  const reason = whyNoServer(HOME);
  if (reason !== null && process.env['CI'] === 'true')
    throw new Error(`no Elasticsearch to break: ${reason}`);
  return reason;
}

/** The server that ELASTICSEARCH_URL names, else one started for the caller alone. */
export async function elasticsearchForTests(): Promise<TestElasticsearch> {
  const given = process.env['ELASTICSEARCH_URL'];
  if (given !== undefined) return { url: given, cluster: null, stop: () => Promise.resolve() };
  return startOwnElasticsearch(1);
}

/** For what starts an own server: the start, and the turns of all the others before it. In milliseconds. */
export const OWN_START = 1_200_000;

/**
 * A cluster of the caller's own, whatever ELASTICSEARCH_URL says: it may be stopped, paused, broken and set otherwise.
 * One at a time in a run of the test command, because memory is short.
 */
export async function startOwnElasticsearch(
  nodes: number,
  settings: readonly string[] = [],
  heap = '512m',
): Promise<TestElasticsearch & { readonly cluster: ClusterOptions }> {
  const data = mkdtempSync('/var/tmp/reweigh-es-test-');
  const endTurn = await takeTurn('own-elasticsearch');
  // Looked for now: a turn may be long in coming.
  const cluster: ClusterOptions = { home: HOME, data, nodes, port: await freePort(), heap, settings };
  const end = async (): Promise<void> => {
    await stopCluster(cluster);
    rmSync(data, { recursive: true, force: true });
    endTurn();
  };
  try {
    return { url: await startCluster(cluster), cluster, stop: end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** A port whose followers are likely free too: ports below 32,768 are not given out by the system. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + 10 * Math.floor((process.pid + performance.now()) % 1_000);
    const server = createServer();
    try {
      await new Promise<void>((resolve, reject) =>
        server.once('error', reject).listen(port, '127.0.0.1', resolve),
      );
      server.close();
      await once(server, 'close');
      return port;
    } catch {
      continue;
    }
  }
}

/**
 * Whether a process that was sent SIGSTOP stands still: it comes to each thread in its own time, and others still
 * answer.
 */
export function hasStopped(pid: number): boolean {
  try {
    return globSync(`/proc/${pid}/task/*/stat`).every((file) => /\) T /.test(readFileSync(file, 'utf8')));
  } catch {
    // A thread that ended meanwhile was not stopped when it was listed.
    return false;
  }
}

/** Waits until so many nodes are together and each index has every primary shard (yellow), or every copy (green). */
export async function waitForHealth(url: string, nodes: number, status: 'yellow' | 'green'): Promise<void> {
  const query = `wait_for_nodes=${nodes}&wait_for_status=${status}&timeout=120s`;
  const answer = await fetch(`${url}/_cluster/health?${query}`);
  if (!answer.ok) throw new Error(`it did not get ${status}: ${await answer.text()}`);
}

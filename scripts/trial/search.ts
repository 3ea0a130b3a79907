import { join } from 'node:path';
import { startCluster, stopCluster, whyNoServer, type ClusterOptions } from '../elasticsearch-server.ts';

/** What searches in a trial: what to tell the instances, and people. */
export interface TrialSearch {
  readonly environment: Readonly<Record<string, string>>;
  readonly says: string;
  stop(): Promise<void>;
}

const PORT = 9260;

/** ELASTICSEARCH_URL where it is set, else a node of its own where one can be started, else the embedded search. */
export async function startSearch(): Promise<TrialSearch> {
  const given = process.env['ELASTICSEARCH_URL'];
  if (given !== undefined)
    return {
      environment: { ELASTICSEARCH_URL: given },
      says: given,
      stop: () => Promise.resolve(),
    };
  const home = process.env['ES_HOME_DIR'] ?? '/var/tmp/reweigh-elasticsearch';
  const reason = whyNoServer(home);
  if (reason !== null)
    return {
      environment: {},
      says: `embedded (${reason}): an instance sees only documents it wrote, or found at its start`,
      stop: () => Promise.resolve(),
    };
  const options: ClusterOptions = {
    home,
    data: join(home, 'trial'),
    nodes: 1,
    port: Number(process.env['ES_PORT'] ?? PORT),
    heap: process.env['ES_HEAP'] ?? '1g',
  };
  const url = await startCluster(options);
  return { environment: { ELASTICSEARCH_URL: url }, says: url, stop: () => stopCluster(options) };
}

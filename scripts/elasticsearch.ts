/**
 * A real Elasticsearch for tests and trials, from Maven Central, without Docker.
 *   node scripts/elasticsearch.ts start [NODES]   1 unless given; downloads once, prints the URL
 *   node scripts/elasticsearch.ts stop [NODE]     all nodes, or one of them (start brings it back)
 *   node scripts/elasticsearch.ts url             prints the URL; exit 1 where nothing answers
 * Needs a JDK 21 or newer, mvn and unzip. Environment: ES_PORT (9200), ES_HEAP (1g), ES_HOME_DIR.
 * Another number of nodes needs a stop first, and starts without data.
 */
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  answers,
  startCluster,
  stopCluster,
  stopNode,
  urlOf,
  type ClusterOptions,
} from './elasticsearch-server.ts';

const [command, argument] = process.argv.slice(2);
const home = process.env['ES_HOME_DIR'] ?? '/var/tmp/reweigh-elasticsearch';
const port = Number(process.env['ES_PORT'] ?? 9200);
const options: ClusterOptions = {
  home,
  // Clusters on other ports have data of their own.
  data: join(home, `cluster-${port}`),
  nodes: command === 'start' ? Number(argument ?? 1) : 1,
  port,
  heap: process.env['ES_HEAP'] ?? '1g',
};

/** A cluster keeps its size: with another one its data could not be read. */
async function ofThisSize(): Promise<void> {
  const file = join(options.data, 'nodes');
  const before = existsSync(file) ? Number(readFileSync(file, 'utf8')) : options.nodes;
  if (before !== options.nodes) {
    if (await answers(urlOf(options))) throw new Error(`it runs with ${before} nodes; stop it first`);
    for (const folder of globSync(join(options.data, 'node-*'))) rmSync(folder, { recursive: true });
  }
  mkdirSync(options.data, { recursive: true });
  writeFileSync(file, String(options.nodes));
}

async function main(): Promise<number> {
  switch (command) {
    case 'start':
      if (!Number.isInteger(options.nodes) || options.nodes < 1 || options.nodes > 9)
        throw new Error('expected 1 to 9 nodes');
      await ofThisSize();
      console.log(await startCluster(options));
      return 0;
    case 'stop':
      if (argument === undefined) await stopCluster(options);
      else await stopNode(options, Number(argument));
      return 0;
    case 'url':
      if (!(await answers(urlOf(options)))) return 1;
      console.log(urlOf(options));
      return 0;
    default:
      console.error('usage: node scripts/elasticsearch.ts start [NODES] | stop [NODE] | url');
      return 2;
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`elasticsearch: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

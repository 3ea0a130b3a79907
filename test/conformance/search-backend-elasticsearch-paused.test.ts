import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { openElasticsearch } from '../../src/engine/search/elasticsearch-open.ts';
import { pidOf, urlOf, urlsOf } from '../../scripts/elasticsearch-server.ts';
import { seededRandom } from '../../src/engine/random.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import {
  hasStopped,
  OWN_START,
  startOwnElasticsearch,
  waitForHealth,
  whyNoOwnElasticsearch,
} from '../support/elasticsearch.ts';
import { hitsOf } from './search-backend.ts';
import { newCollection, newFeature, randomDocuments, randomVector, request } from './search-backend-world.ts';
import { until } from '../support/server.ts';
import type { ElasticsearchBackend } from '../../src/engine/search/elasticsearch-backend.ts';
import type { KnnOutcome, KnnRequest } from '../../src/engine/search/search-backend.ts';

const NODES = [1, 2, 3] as const;
/** Nodes are dropped after some 9 s without a word, not after the 30 s of the defaults, and a master 5 s later, not 30. */
const FAULT_DETECTION = [
  ...['follower', 'leader'].flatMap((who) =>
    ['interval: 1s', 'timeout: 3s', 'retry_count: 3'].map(
      (setting) => `cluster.fault_detection.${who}_check.${setting}`,
    ),
  ),
  'cluster.publish.timeout: 5s',
];
const DEADLINE = 6_000;
/** What a busy machine may take on top of a deadline. */
const LOAD = 5_000;
const DOCUMENTS = 200;

/** Searches that go on until they are told to end. */
interface Searching {
  readonly seen: { readonly outcome: KnnOutcome; readonly milliseconds: number }[];
  /** How many were whole. */
  whole(): number;
  /** How many came too late. */
  late(): number;
  end(): Promise<void>;
}

const reason = whyNoOwnElasticsearch();
if (reason !== null) test.skip(`a cluster with a node that stands still (${reason})`, () => undefined);
else
  describe('a cluster of three nodes, one of which stands still', () => {
    const collection = newCollection();
    const features = [newFeature(collection, 'COSINE'), newFeature(collection, 'L2')] as const;
    const random = seededRandom('paused');
    let server: Awaited<ReturnType<typeof startOwnElasticsearch>>;
    let paused: { readonly node: number; readonly pid: number };
    /** A node that goes on. */
    let well: string;
    /** Sends its requests to all nodes. */
    let everywhere: ElasticsearchBackend;
    /** Sends them to the two others, which ask the paused node for its shards. */
    let elsewhere: ElasticsearchBackend;
    const opened: ElasticsearchBackend[] = [];
    const going: Searching[] = [];
    /** Documents stored so far. */
    let documents: number;
    beforeAll(async () => {
      server = await startOwnElasticsearch(NODES.length, FAULT_DETECTION);
      everywhere = await open(urlsOf(server.cluster));
      await everywhere.prepare(collection, features);
      await everywhere.put(collection, randomDocuments(features, DOCUMENTS, 'paused'));
      documents = DOCUMENTS;
      // Copies of a node that was dropped are made anew elsewhere at once, not after a minute.
      await fetch(`${server.url}/paused-*/_settings`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ 'index.unassigned.node_left.delayed_timeout': '0' }),
      });
      await waitForHealth(server.url, NODES.length, 'green');
    }, OWN_START);
    // Also where a test has failed: searches on a closed backend would go round for ever, and a paused node spoils more.
    afterEach(async () => {
      for (const node of NODES) process.kill(pidOf(server.cluster, node)!, 'SIGCONT');
      for (const one of going.splice(0)) await one.end();
    }, 60_000);
    afterAll(async () => {
      for (const backend of opened) await backend.close();
      await server.stop();
    }, 60_000);

    /** Every node holds shards: two of the six copies each. */
    const open = async (url: string): Promise<ElasticsearchBackend> => {
      const options = { url, shards: 3, replicas: 1, refreshInterval: '100ms', indexPrefix: 'paused-' };
      const backend = await openElasticsearch(options, systemClock);
      opened.push(backend);
      return backend;
    };
    /** Chooses the node to be paused. */
    const choose = async (role: 'the master' | 'another node'): Promise<void> => {
      const { cluster, url } = server;
      const master = (await (await fetch(`${url}/_cat/master?h=node`)).text()).trim();
      const node = NODES.find((one) => (`node-${one}` === master) === (role === 'the master'))!;
      paused = { node, pid: pidOf(cluster, node)! };
      const others = NODES.filter((one) => one !== node).map((one) => urlOf(cluster, one));
      well = others[0]!;
      elsewhere = await open(others.join(','));
      await elsewhere.prepare(collection, features);
    };
    const pause = async (): Promise<void> => {
      process.kill(paused.pid, 'SIGSTOP');
      await until(() => hasStopped(paused.pid));
    };
    /** Other vectors each time: they are sent to other copies. */
    const someRequests = (): readonly KnnRequest[] =>
      features.map((feature) => request({ collection, feature }, randomVector(random), { topK: 100 }));
    const searchOn = (backend: ElasticsearchBackend): Searching => {
      const seen: { readonly outcome: KnnOutcome; readonly milliseconds: number }[] = [];
      let running = true;
      const searching = Promise.all(
        [0, 1].map(async () => {
          while (running) {
            const started = performance.now();
            const outcomes = await backend.search(someRequests(), DEADLINE);
            const milliseconds = performance.now() - started;
            seen.push(...outcomes.map((outcome) => ({ outcome, milliseconds })));
          }
        }),
      );
      const search = {
        seen,
        whole: () => seen.filter(({ outcome }) => outcome.status === 'ok' && !outcome.partial).length,
        late: () => seen.filter(({ outcome }) => outcome.status === 'failed').length,
        end: async () => {
          running = false;
          await searching;
        },
      };
      going.push(search);
      return search;
    };
    /** Each search was answered by its deadline: with hits, of all shards or some, or as late. */
    const expectClear = ({ seen }: Searching): void => {
      expect(Math.max(...seen.map(({ milliseconds }) => milliseconds))).toBeLessThan(DEADLINE + LOAD);
      const failures = seen.flatMap(({ outcome }) => (outcome.status === 'failed' ? [outcome] : []));
      for (const failure of failures)
        expect(failure).toMatchObject({
          failure: 'FEATURE_TIMEOUT',
          reason: `no answer within ${DEADLINE} ms`,
        });
    };
    /**
     * Searches become whole again, and stay so: 40 in a row, none late or partial. Nodes hear of what the master has
     * decided one after the other, so when it begins is not to be told from the health of one of them.
     */
    const expectWell = async ({ seen }: Searching): Promise<void> => {
      const from = seen.length + UNDER_WAY;
      const last = (): Searching['seen'] => seen.slice(from).slice(-40);
      const isWhole = ({ outcome }: Searching['seen'][number]): boolean =>
        outcome.status === 'ok' && !outcome.partial;
      await until(() => last().length === 40 && last().every(isWhole));
    };
    /** Outcomes of the searches that may have begun before. */
    const UNDER_WAY = 2 * features.length;
    const expectDocuments = async (): Promise<void> => {
      for (const backend of [everywhere, elsewhere])
        expect((await backend.count(collection, [])).documents).toBe(documents);
    };

    /** Searches on both, and then a node that stands still. */
    const searchAndPause = async (role: 'the master' | 'another node'): Promise<readonly Searching[]> => {
      await choose(role);
      const searches = [everywhere, elsewhere].map(searchOn);
      await until(() => searches.every(({ whole }) => whole() > 10));
      await pause();
      return searches;
    };
    /** The node goes on, and all is as before. */
    const expectRecovery = async (searches: readonly Searching[]): Promise<void> => {
      process.kill(paused.pid, 'SIGCONT');
      await waitForHealth(well, NODES.length, 'green');
      for (const one of searches) await expectWell(one);
      await Promise.all(searches.map(({ end }) => end()));
      searches.forEach(expectClear);
      await expectDocuments();
    };

    test('for a moment costs features, each by its deadline, and nothing once it goes on', async () => {
      const searches = await searchAndPause('another node');
      await until(() => searches.every(({ late }) => late() > 0));
      await expectRecovery(searches);
    }, 240_000);

    const roles = ['another node', 'the master'] as const;
    const title = 'for long costs features, each by its deadline, until the cluster drops it, as %s';
    test.each(roles)(
      title,
      async (role) => {
        const searches = await searchAndPause(role);
        // A document for a shard with a copy there waits for that copy until it is dropped.
        const added = randomDocuments(features, 20, role).map((one) => ({ ...one, id: `${role} ${one.id}` }));
        const adding = elsewhere.put(collection, added);
        documents += added.length;
        await until(() => searches.every(({ late }) => late() > 0));
        await waitForHealth(well, NODES.length - 1, 'yellow');
        for (const one of searches) await expectWell(one);
        expect(hasStopped(paused.pid)).toBe(true);
        expect(await adding).toEqual(added.map(() => false));
        await expectDocuments();
        await expectRecovery(searches);
        // The node itself has all of it again.
        const alone = await open(urlOf(server.cluster, paused.node));
        for (const one of someRequests()) expect(await hitsOf(alone, one)).toHaveLength(100);
      },
      240_000,
    );
  });

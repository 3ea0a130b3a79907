import { Client } from '@elastic/elasticsearch';
import { base64Vector } from '../../src/engine/search/elasticsearch-document.ts';
import { DEADLINE, NAMESPACE, RETRIEVER, type Site } from './site.ts';
import { encodeVector } from '../../src/engine/vector.ts';
import { execute } from '../../src/engine/retriever/execute.ts';
import { FEATURES, type World } from './vectors.ts';
import type { KeepAlive } from '../support/keep-alive.ts';
import { loadPlan } from '../../src/engine/retriever/plan.ts';
import { multiSearchBody } from '../../src/engine/search/knn-request.ts';
import { processorTime, type ProcessorTime } from '../support/processor.ts';
import { programTime } from '../support/program-time.ts';
import { requestsOf } from './quality.ts';

/** One way of asking for the same three searches. */
export interface Way {
  readonly name: 'bare _msearch' | 'execute' | 'execute over HTTP';
  ask(question: number, asked: number): Promise<void>;
  /** Waits until what was asked has been written down. */
  flush(): Promise<void>;
  /** Of the process that does the work. */
  processorTime(): Promise<ProcessorTime>;
}

/** Of every request that counts, in order. */
export interface Speed {
  /** Milliseconds. */
  readonly times: number[];
  /** Microseconds per request, one for each round. */
  readonly processor: ProcessorTime[];
  /** The same of the servers, which count in steps of 10 ms. */
  readonly servers: ServersTime[];
}

export interface ServersTime {
  readonly elasticsearch: number;
  readonly postgres: number;
}

export interface Rounds {
  readonly rounds: number;
  readonly warmUp: number;
  /** Each way, one after the other. */
  readonly requests: number;
}

const USERS = 1_000;
const FIRST = 20;
const EXECUTE = `query ($user: String!, $inputs: [GivenInput!]!) {
  execute(retriever: "${RETRIEVER}", user: $user, first: ${FIRST}, inputs: $inputs) {
    id degradations { code } hits { nodes { id rank score documentId } } } }`;
/** Nothing may be left out of what is compared. */
const WHOLE = '"degradations":[]';

/** Asks in all ways in turns, the same questions in each round. */
export async function measureSpeed(
  ways: readonly Way[],
  questions: number,
  { rounds, warmUp, requests }: Rounds,
): Promise<ReadonlyMap<Way['name'], Speed>> {
  const speeds = new Map(ways.map(({ name }) => [name, { times: [], processor: [], servers: [] } as Speed]));
  for (let round = -warmUp; round < rounds; round += 1)
    for (let step = 0; step < ways.length; step += 1) {
      const way = ways[(round + warmUp + step) % ways.length]!;
      const first = (round + warmUp) * requests;
      const times: number[] = [];
      const before = { ...(await way.processorTime()), ...serversTime() };
      for (let asked = first; asked < first + requests; asked += 1) {
        const began = performance.now();
        await way.ask(asked % questions, asked);
        times.push(performance.now() - began);
      }
      await way.flush();
      const after = { ...(await way.processorTime()), ...serversTime() };
      if (round < 0) continue;
      const each = (part: keyof typeof after): number => (after[part] - before[part]) / requests;
      const speed = speeds.get(way.name)!;
      speed.times.push(...times);
      speed.processor.push({ main: each('main'), all: each('all') });
      speed.servers.push({ elasticsearch: each('elasticsearch'), postgres: each('postgres') });
    }
  return speeds;
}

/** Of all processes of Elasticsearch and PostgreSQL on this machine, in microseconds. */
function serversTime(): ServersTime {
  return { elasticsearch: programTime('java'), postgres: programTime('postgres') };
}

/** The bodies that `execute` sends, made before, sent by the same client library; its answer parsed and not used. */
export async function bareWay({ engine, elasticsearch, prefix }: Site, world: World): Promise<Way> {
  const client = new Client({ node: elasticsearch });
  const plan = await loadPlan(engine.ports, { namespace: NAMESPACE, retriever: RETRIEVER, version: null });
  const bodies = world.questions.map((vectors) =>
    multiSearchBody(requestsOf(plan, vectors), {
      form: base64Vector,
      timeout: DEADLINE,
      targetOf: ({ id }) => ({ alias: `${prefix}${id}`, routing: null }),
    }),
  );
  return {
    name: 'bare _msearch',
    ask: async (question) => {
      const { responses } = await client.transport.request<{ readonly responses: readonly unknown[] }>({
        method: 'POST',
        path: '/_msearch',
        bulkBody: bodies[question]!,
      });
      if (responses.length !== FEATURES.length) throw new Error('a search was not answered');
    },
    flush: () => Promise.resolve(),
    processorTime: () => Promise.resolve(processorTime()),
  };
}

/** The use case in this process, learned and logged, for one of a thousand users. */
export function useCaseWay({ engine: { ports } }: Site, { questions }: World): Way {
  return {
    name: 'execute',
    ask: async (question, asked) => {
      const { record } = await execute(ports, {
        namespace: NAMESPACE,
        retriever: RETRIEVER,
        version: null,
        inputs: FEATURES.map((name, index) => ({ name, value: questions[question]![index]! })),
        user: `user ${asked % USERS}`,
        session: null,
        first: FIRST,
        executionKey: null,
        learn: true,
      });
      const [said] = record.degradations;
      if (said !== undefined) throw new Error(`${said.code}: ${said.message}`);
    },
    flush: () => ports.executions.flush(),
    processorTime: () => Promise.resolve(processorTime()),
  };
}

/** The same through the API of a server, over one connection that stays open. */
export function httpWay({ server }: Site, { questions }: World, connection: KeepAlive): Way {
  const inputs = questions.map((vectors) =>
    FEATURES.map((name, index) => ({ name, vector: encodeVector(vectors[index]!) })),
  );
  return {
    name: 'execute over HTTP',
    ask: async (question, asked) => {
      const variables = { user: `user ${asked % USERS}`, inputs: inputs[question] };
      const answer = await connection.post(server.url, { query: EXECUTE, variables });
      if (!answer.includes(WHOLE)) throw new Error(answer.slice(0, 500));
    },
    flush: () => Promise.resolve(),
    processorTime: () => server.processorTime(),
  };
}

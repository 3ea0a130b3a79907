import { execute } from '../../src/engine/retriever/execute.ts';
import { NAMESPACE, type DemoEngine } from './demo-engine.ts';
import type { Served } from '../../src/engine/execution/claim.ts';

/** One search of the demo library. */
export interface Question {
  readonly retriever: string;
  readonly text: string;
  readonly user: string | null;
  readonly learn: boolean;
}

/** Milliseconds of one execution. */
export interface Took {
  readonly whole: number;
  /** Without the backend's search. */
  readonly above: number;
  /** Processor time of the main thread. */
  readonly processor: number;
}

/** Runs the use case as the API does, for a page of 20 hits. */
export function ask({ ports }: Pick<DemoEngine, 'ports'>, question: Question): Promise<Served> {
  return execute(ports, {
    namespace: NAMESPACE,
    retriever: question.retriever,
    version: null,
    inputs: [{ name: 'query', value: question.text }],
    user: question.user,
    session: null,
    first: 20,
    executionKey: null,
    learn: question.learn,
  });
}

/** Runs it alone and takes its time. */
export async function clock(engine: DemoEngine, question: Question): Promise<Took> {
  const searched = engine.searching();
  const before = process.threadCpuUsage();
  const began = performance.now();
  await ask(engine, question);
  const whole = performance.now() - began;
  const { user, system } = process.threadCpuUsage(before);
  return { whole, above: whole - (engine.searching() - searched), processor: (user + system) / 1_000 };
}

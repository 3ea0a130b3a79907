import { expect } from '@jest/globals';
import { join } from 'node:path';
import { answerTo, httpApi } from './http-api.ts';
import { startProcess, temporaryFolder, type ServerProcess } from './process.ts';

type Variables = Readonly<Record<string, unknown>>;

/** The built server with the embedded search and with Elasticsearch, each on a database of its own. */
export interface BothBackends {
  readonly urls: readonly [embedded: string, elasticsearch: string];
  /** The same call to both; it must succeed, and answer alike. What the embedded one answered, then the other. */
  ask<Data>(
    query: string,
    variables?: Variables | readonly [Variables, Variables],
  ): Promise<readonly [Data, Data]>;
  /** The same call to both, which must refuse it alike: `CODE at path` of each fault. */
  refused(query: string, variables: object): Promise<readonly string[]>;
  end(): Promise<void>;
}

export async function startBothBackends(
  elasticsearch: Readonly<Record<string, string>>,
): Promise<BothBackends> {
  const folder = temporaryFolder();
  const start = (name: string, environment: Readonly<Record<string, string>>): ServerProcess =>
    startProcess({ DATA_DIR: join(folder.path, name), LOG_LEVEL: 'warn', ...environment });
  const servers = [start('embedded', {}), start('elasticsearch', elasticsearch)] as const;
  const urls = [await servers[0].ready, await servers[1].ready] as const;
  return {
    urls,
    ask: async <Data>(query: string, variables: Variables | readonly [Variables, Variables] = {}) => {
      const of = (side: 0 | 1): Variables =>
        Array.isArray(variables) ? (variables as readonly Variables[])[side]! : (variables as Variables);
      const [ours, theirs] = await Promise.all([
        httpApi(urls[0]).ask<Data>(query, of(0)),
        httpApi(urls[1]).ask<Data>(query, of(1)),
      ]);
      expectAlike(theirs, ours);
      return [ours, theirs];
    },
    refused: async (query, variables) => {
      const [ours, theirs] = await Promise.all(urls.map((url) => faultsOf(url, query, variables)));
      expect(theirs).toEqual(ours);
      return ours!;
    },
    end: async () => {
      for (const { child } of servers) child.kill('SIGTERM');
      for (const { ended } of servers) expect(await ended).toBe(0);
      folder.remove();
    },
  };
}

/** Variables of both, each from its own earlier answer: ids and cursors are not the same. */
export function bothOf<Answer>(
  [ours, theirs]: readonly [Answer, Answer],
  map: (answer: Answer) => Variables,
): readonly [Variables, Variables] {
  return [map(ours), map(theirs)];
}

async function faultsOf(url: string, query: string, variables: object): Promise<readonly string[]> {
  const { body } = await answerTo(url, query, variables);
  return (body.errors ?? []).flatMap(({ extensions }) => {
    const faults = (extensions['faults'] ?? []) as readonly { code: string; path: readonly unknown[] }[];
    return faults.length === 0
      ? [String(extensions['code'])]
      : faults.map(({ code, path }) => `${code} at ${path.join('.')}`);
  });
}

/** Made anew by each server: global ids, moments, cursors. Taken out before answers are compared. */
const OWN = new Set(['id', 'hit', 'startCursor', 'endCursor', 'cursor', 'generation', 'createdAt']);
/** Raw scores, and all that is computed from them, may differ by this much, or by this share where they are above 1. */
const TOLERANCE = 1e-5;

/** Texts, order and shape the same; numbers to 1e-5. */
export function expectAlike(theirs: unknown, ours: unknown): void {
  expect(differences(theirs, ours, '')).toEqual([]);
}

function differences(theirs: unknown, ours: unknown, path: string): readonly string[] {
  const differ = `${path}: embedded ${JSON.stringify(ours)}, Elasticsearch ${JSON.stringify(theirs)}`;
  if (typeof theirs === 'number' && typeof ours === 'number')
    return Math.abs(theirs - ours) <= TOLERANCE * Math.max(1, Math.abs(ours)) ? [] : [differ];
  if (typeof theirs !== 'object' || typeof ours !== 'object' || theirs === null || ours === null)
    return theirs === ours ? [] : [differ];
  const keys = Object.keys(ours).filter((key) => !OWN.has(key));
  if (
    Object.keys(theirs)
      .filter((key) => !OWN.has(key))
      .join() !== keys.join()
  )
    return [differ];
  return keys.flatMap((key) =>
    differences((theirs as never)[key], (ours as never)[key], path === '' ? key : `${path}.${key}`),
  );
}

import { expect, test } from '@jest/globals';
import { prepareCollections } from '../../../src/engine/collection/prepare-collections.ts';
import type { Ports } from '../../../src/engine/ports.ts';

type Asked = Pick<Ports, 'backend' | 'catalog' | 'logger'>;

/** A catalog of `count` collections in pages, and a backend that cannot prepare the ones named. */
function portsWith(
  count: number,
  broken: readonly string[],
): { readonly ports: Asked; readonly prepared: string[]; readonly warned: unknown[] } {
  const names = Array.from({ length: count }, (_, i) => `c${String(i).padStart(4, '0')}`);
  const prepared: string[] = [];
  const warned: unknown[] = [];
  const ports = {
    catalog: {
      collections: (_namespace: string, { first, after }: { first: number; after: string | null }) => {
        const rest = names.filter((name) => after === null || name > after);
        const rows = rest.slice(0, first).map((name) => ({ key: name, value: { id: name, name } }));
        return Promise.resolve({ rows, hasNextPage: rest.length > first, total: null });
      },
      featuresOf: (id: string) => Promise.resolve([{ uri: `embed://x@1/${id}` }]),
    },
    backend: {
      prepare: ({ name }: { name: string }, features: readonly unknown[]) => {
        if (broken.includes(name)) return Promise.reject(new Error('another mapping'));
        prepared.push(`${name} ${features.length}`);
        return Promise.resolve();
      },
    },
    logger: { warn: ({ collection }: { collection: string }) => warned.push(collection) },
  };
  return { ports: ports as unknown as Asked, prepared, warned };
}

test('every collection of every page is made ready with its features', async () => {
  const { ports, prepared } = portsWith(205, []);
  await prepareCollections(ports, 'default');
  expect(prepared).toHaveLength(205);
  expect(prepared.at(-1)).toBe('c0204 1');
});

test('a collection that cannot be made ready is told in the log and does not hold up the others', async () => {
  const { ports, prepared, warned } = portsWith(3, ['c0001']);
  await prepareCollections(ports, 'default');
  expect(prepared).toEqual(['c0000 1', 'c0002 1']);
  expect(warned).toEqual(['c0001']);
});

test('without collections nothing is asked for', async () => {
  const { ports, prepared } = portsWith(0, []);
  await prepareCollections(ports, 'default');
  expect(prepared).toEqual([]);
});

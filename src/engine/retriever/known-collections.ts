import type { KnownCollection } from './reading.ts';
import type { Ports } from '../ports.ts';

/** More names than this are not looked up: the parser refuses the recipe anyway. */
const MOST_NAMES = 10;

/** The collections a recipe names, with their features; a name that is not there is absent. */
export async function knownCollections(
  ports: Pick<Ports, 'catalog'>,
  namespace: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, KnownCollection>> {
  const known = new Map<string, KnownCollection>();
  await Promise.all(
    [...new Set(names)].slice(0, MOST_NAMES).map(async (name) => {
      const collection = await ports.catalog.collectionByName(namespace, name);
      if (collection === null) return;
      known.set(name, { collection, features: await ports.catalog.featuresOf(collection.id) });
    }),
  );
  return known;
}

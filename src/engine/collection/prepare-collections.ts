import type { Ports } from '../ports.ts';

const PAGE = 100;

/**
 * Makes the search backend ready for every collection of a namespace, so that the first search after a start does not
 * wait for vectors to be loaded; the backend's check says when they are. A collection that cannot be made ready is
 * logged; its searches will say why.
 */
export async function prepareCollections(
  ports: Pick<Ports, 'backend' | 'catalog' | 'logger'>,
  namespace: string,
): Promise<void> {
  let after: string | null = null;
  for (let more = true; more;) {
    const page = await ports.catalog.collections(namespace, { first: PAGE, after, count: false });
    for (const { value: collection } of page.rows)
      try {
        await ports.backend.prepare(collection, await ports.catalog.featuresOf(collection.id));
      } catch (error) {
        ports.logger.warn(
          { err: error, collection: collection.name },
          'a collection is not ready to be searched',
        );
      }
    after = page.rows.at(-1)?.key ?? null;
    more = page.hasNextPage;
  }
}

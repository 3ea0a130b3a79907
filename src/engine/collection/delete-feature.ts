import { ReweighError, refusal } from '../errors.ts';
import { requireCollection } from '../retriever/plan.ts';
import type { Collection } from './collection.ts';
import type { Ports } from '../ports.ts';

export interface DeleteFeatureCommand {
  readonly namespace: string;
  readonly collection: string;
  readonly uri: string;
}

const NAMED = 5;

/**
 * Removes a feature from a collection; its vectors stay in the index until the collection is reindexed, and nothing
 * reads them. NOT_FOUND; IN_USE with the names of the retrievers whose latest version searches it.
 */
export async function deleteFeature(
  ports: Pick<Ports, 'catalog'>,
  { namespace, collection: name, uri }: DeleteFeatureCommand,
): Promise<Collection> {
  const collection = await requireCollection(ports, namespace, name);
  const feature = (await ports.catalog.featuresOf(collection.id)).find((known) => known.uri === uri);
  if (feature === undefined) throw refusal('NOT_FOUND', `there is no feature ${uri}`, ['uri']);
  const usedBy = await ports.catalog.retrieversUsing(namespace, name, uri);
  if (usedBy.length > 0) {
    const more = usedBy.length > NAMED ? ` and ${usedBy.length - NAMED} more` : '';
    const message = `it is searched by ${usedBy.slice(0, NAMED).join(', ')}${more}`;
    throw new ReweighError('IN_USE', message, { usedBy }, [{ code: 'IN_USE', path: ['uri'], message }]);
  }
  await ports.catalog.deleteFeature(feature.id);
  return collection;
}

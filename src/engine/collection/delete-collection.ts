import { ReweighError } from '../errors.ts';
import { requireCollection } from '../retriever/plan.ts';
import type { Collection } from './collection.ts';
import type { Ports } from '../ports.ts';

export interface DeleteCollectionCommand {
  readonly namespace: string;
  readonly collection: string;
}

/**
 * Removes a collection with its features and documents; an attached index stays as it is. Executions stay in the log.
 * NOT_FOUND; IN_USE with the names of the retrievers whose latest version searches it. The definition goes first: what
 * is left behind when the process dies in between is never found again.
 */
export async function deleteCollection(
  ports: Pick<Ports, 'catalog' | 'backend'>,
  { namespace, collection: name }: DeleteCollectionCommand,
): Promise<Collection> {
  const collection = await requireCollection(ports, namespace, name);
  const usedBy = await ports.catalog.retrieversUsing(namespace, name);
  if (usedBy.length > 0) {
    const message = `it is searched by ${usedBy.slice(0, 5).join(', ')}${usedBy.length > 5 ? ` and ${usedBy.length - 5} more` : ''}`;
    throw new ReweighError('IN_USE', message, { usedBy }, [
      { code: 'IN_USE', path: ['collection'], message },
    ]);
  }
  await ports.catalog.deleteCollection(namespace, collection.id);
  await ports.backend.drop(collection);
  return collection;
}

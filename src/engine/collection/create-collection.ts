import { refusal } from '../errors.ts';
import { requireParsed } from '../parsed.ts';
import { uuidV7 } from '../ids.ts';
import { parseCollection, type CollectionInput } from './parse-collection.ts';
import type { Collection } from './collection.ts';
import type { Ports } from '../ports.ts';

export interface CreateCollectionCommand extends CollectionInput {
  readonly namespace: string;
}

/** Declares a collection, empty and without features. Bad input with all its faults; NAME_TAKEN. */
export async function createCollection(
  ports: Pick<Ports, 'catalog' | 'backend' | 'clock'>,
  command: CreateCollectionCommand,
): Promise<Collection> {
  const definition = requireParsed(parseCollection(command));
  const createdAt = ports.clock.now();
  const collection: Collection = {
    id: uuidV7(createdAt),
    namespace: command.namespace,
    ...definition,
    createdAt,
  };
  if (!(await ports.catalog.insertCollection(collection)))
    throw refusal('NAME_TAKEN', `there is a collection named ${collection.name} already`, ['name']);
  await ports.backend.prepare(collection, []);
  return collection;
}

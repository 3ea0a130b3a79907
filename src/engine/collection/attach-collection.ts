import { refusal, refuseIfAny, type Fault } from '../errors.ts';
import { requireParsed } from '../parsed.ts';
import { scheduleMeasurement } from './measure-background.ts';
import { uuidV7 } from '../ids.ts';
import { parseAttached, type AttachDefinition, type AttachInput } from './parse-attached.ts';
import type { Collection, Feature } from './collection.ts';
import type { Ports } from '../ports.ts';

export interface AttachCollectionCommand extends AttachInput {
  readonly namespace: string;
}

/**
 * Declares a collection over an index that is there already, with its features. The index is only read, and stays as
 * it is. Bad input with all its faults, EMBEDDING_FAILED among them where an embedder is not set up here; NAME_TAKEN;
 * NOT_FOUND where there is no such index; INDEX_MISMATCH for every field and feature that the index does not hold as
 * declared; NOT_SUPPORTED without Elasticsearch. Then nothing is stored.
 */
export async function attachCollection(
  ports: Pick<Ports, 'catalog' | 'backend' | 'clock' | 'embedder' | 'jobs'>,
  command: AttachCollectionCommand,
): Promise<Collection> {
  const parsed = parseAttached(command);
  refuseIfAny([...(parsed.ok ? [] : parsed.faults), ...embedderFaults(ports, command)]);
  const definition = requireParsed(parsed);
  if ((await ports.catalog.collectionByName(command.namespace, definition.name)) !== null)
    throw taken(definition.name);
  const { collection, features } = declare(definition, command.namespace, ports.clock.now());
  refuseIfAny(await ports.backend.inspect(collection, features));
  if (!(await ports.catalog.insertCollection(collection, features))) throw taken(collection.name);
  scheduleMeasurement(ports, collection);
  return collection;
}

function embedderFaults(
  { embedder }: Pick<Ports, 'embedder'>,
  { features }: AttachCollectionCommand,
): readonly Fault[] {
  return features.flatMap((feature, at): readonly Fault[] => {
    const message = embedder.whyNot(feature.embedder ?? 'NONE');
    return message === null
      ? []
      : [{ code: 'EMBEDDING_FAILED', path: ['features', at, 'embedder'], message }];
  });
}

function declare(
  { name, fields, attached, features }: AttachDefinition,
  namespace: string,
  createdAt: Date,
): { readonly collection: Collection; readonly features: readonly Feature[] } {
  const collection: Collection = { id: uuidV7(createdAt), namespace, name, fields, attached, createdAt };
  return {
    collection,
    features: features.map((feature) => ({
      id: uuidV7(createdAt),
      collectionId: collection.id,
      ...feature,
      background: null,
      createdAt,
    })),
  };
}

function taken(name: string): Error {
  return refusal('NAME_TAKEN', `there is a collection named ${name} already`, ['name']);
}

import { refusal, refuseIfAny, ReweighError, type Fault } from '../errors.ts';
import { requireParsed } from '../parsed.ts';
import { scheduleMeasurement } from './measure-background.ts';
import { uuidV7 } from '../ids.ts';
import { parseFeature, type FeatureInput } from './parse-feature.ts';
import { requireCollection } from '../retriever/plan.ts';
import type { Collection, Feature } from './collection.ts';
import type { Ports } from '../ports.ts';

export interface RegisterFeatureCommand extends FeatureInput {
  readonly namespace: string;
  readonly collection: string;
}

/** The new feature, with its collection. */
export interface RegisteredFeature {
  readonly collection: Collection;
  readonly feature: Feature;
}

/**
 * Adds a feature to a collection. Documents that are there already lack it until they are indexed again; an attached
 * index must hold it already. Bad input with all its faults, EMBEDDING_FAILED among them where its embedder is not set
 * up here; NOT_FOUND; NAME_TAKEN where the URI or the field is in use; INDEX_MISMATCH with every difference to the
 * attached index.
 */
export async function registerFeature(
  ports: Pick<Ports, 'catalog' | 'backend' | 'clock' | 'embedder' | 'jobs'>,
  command: RegisterFeatureCommand,
): Promise<RegisteredFeature> {
  const collection = await requireCollection(ports, command.namespace, command.collection);
  const parsed = parseFeature(command, collection);
  const whyNot = ports.embedder.whyNot(command.embedder ?? 'NONE');
  refuseIfAny([
    ...(parsed.ok ? [] : parsed.faults),
    ...(whyNot === null ? [] : [{ code: 'EMBEDDING_FAILED' as const, path: ['embedder'], message: whyNot }]),
  ]);
  const definition = requireParsed(parsed);
  const createdAt = ports.clock.now();
  const feature: Feature = {
    id: uuidV7(createdAt),
    collectionId: collection.id,
    ...definition,
    background: null,
    createdAt,
  };
  if (collection.attached !== undefined) refuseIfAny(await misfitsOf(ports, collection, feature));
  const inserted = await ports.catalog.insertFeature(feature);
  if (inserted !== 'ok')
    throw refusal(
      'NAME_TAKEN',
      `the collection has a feature with the ${inserted} ${feature[inserted]} already`,
      [inserted],
    );
  if (collection.attached === undefined) await makeRoom(ports, collection, feature);
  else scheduleMeasurement(ports, collection);
  return { collection, feature };
}

/**
 * The index may still hold vectors of a deleted feature in this field: then the new feature is taken back. After any
 * other fault it stays, and the next indexing makes the index ready for it.
 */
async function makeRoom(
  ports: Pick<Ports, 'catalog' | 'backend'>,
  collection: Collection,
  feature: Feature,
): Promise<void> {
  try {
    await ports.backend.prepare(collection, await ports.catalog.featuresOf(collection.id));
  } catch (error) {
    if (!(error instanceof ReweighError) || error.code !== 'INDEX_MISMATCH') throw error;
    await ports.catalog.deleteFeature(feature.id);
    const message = `${error.message}. Where the field was that of a deleted feature, reindex the collection first, or choose another field`;
    throw refusal('INDEX_MISMATCH', message, ['field']);
  }
}

/** What keeps an attached index from holding the feature, with paths in its own input. */
async function misfitsOf(
  ports: Pick<Ports, 'backend'>,
  collection: Collection,
  feature: Feature,
): Promise<readonly Fault[]> {
  const faults = await ports.backend.inspect({ ...collection, fields: [] }, [feature]);
  return faults.map((fault) => {
    const [what, , ...inFeature] = fault.path;
    return { ...fault, path: what === 'features' ? inFeature : ['collection'] };
  });
}

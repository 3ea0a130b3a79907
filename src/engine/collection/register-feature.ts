import { refusal, refuseIfAny, ReweighError } from '../errors.ts';
import { requireParsed } from '../parsed.ts';
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
 * Adds a feature to a collection. Documents that are there already lack it until they are indexed again.
 * Bad input with all its faults, EMBEDDING_FAILED among them where its embedder is not set up here; NOT_FOUND; NAME_TAKEN where the URI or the field is in use.
 */
export async function registerFeature(
  ports: Pick<Ports, 'catalog' | 'backend' | 'clock' | 'embedder'>,
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
  const inserted = await ports.catalog.insertFeature(feature);
  if (inserted !== 'ok')
    throw refusal(
      'NAME_TAKEN',
      `the collection has a feature with the ${inserted} ${feature[inserted]} already`,
      [inserted],
    );
  await makeRoom(ports, collection, feature);
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

import { ReweighError, refuseIfAny, type Fault } from '../errors.ts';
import { backgroundOf, LEAST_DOCUMENTS, SAMPLE_DOCUMENTS, SAMPLE_PAIRS } from './background.ts';
import { requireCollection } from '../retriever/plan.ts';
import type { Background, Collection, Feature } from './collection.ts';
import type { CollectionFeatures } from './read-collections.ts';
import type { Ports } from '../ports.ts';

type MeasuringPorts = Pick<Ports, 'catalog' | 'backend' | 'clock'>;

export interface MeasureBackgroundCommand {
  readonly namespace: string;
  readonly collection: string;
  /** URIs; null: all features of the collection. */
  readonly features: readonly string[] | null;
}

/**
 * Measures the background of features again, whatever they had: retrievers that normalize by it begin a new learning
 * generation. NOT_FOUND; UNKNOWN_FEATURE; TOO_FEW_DOCUMENTS where a feature has fewer than 50, and then none is changed.
 */
export async function measureBackground(
  ports: MeasuringPorts,
  command: MeasureBackgroundCommand,
): Promise<CollectionFeatures> {
  const collection = await requireCollection(ports, command.namespace, command.collection);
  const known = await ports.catalog.featuresOf(collection.id);
  const wanted = wantedFeatures(known, command.features);
  const measured: { readonly feature: Feature; readonly background: Background }[] = [];
  for (const feature of wanted) {
    const background = await measure(ports, collection, feature);
    if (typeof background === 'number') throw tooFew(feature, background);
    measured.push({ feature, background });
  }
  for (const { feature, background } of measured)
    await ports.catalog.setBackground(feature.id, background, false);
  return { collection, features: measured.map(({ feature, background }) => ({ ...feature, background })) };
}

/**
 * Measures every feature of a collection that has no background yet and enough documents. The first writer wins: a
 * background that another instance stored meanwhile stays.
 */
export async function measureMissing(ports: MeasuringPorts, collection: Collection): Promise<void> {
  for (const feature of await ports.catalog.featuresOf(collection.id)) {
    if (feature.background !== null) continue;
    const background = await measure(ports, collection, feature);
    if (typeof background !== 'number') await ports.catalog.setBackground(feature.id, background, true);
  }
}

/** Asks for the measurement of a collection's features that still lack a background. */
export function scheduleMeasurement(
  ports: MeasuringPorts & Pick<Ports, 'jobs'>,
  collection: Collection,
): void {
  ports.jobs.schedule(`background ${collection.id}`, () => measureMissing(ports, collection));
}

/** Asks for it for all collections: what an earlier process did not come to. */
export async function scheduleMissingMeasurements(
  ports: MeasuringPorts & Pick<Ports, 'jobs'>,
): Promise<void> {
  const missing = await ports.catalog.featuresWithoutBackground();
  const collections = new Map(missing.map(({ collection }) => [collection.id, collection]));
  for (const collection of collections.values()) scheduleMeasurement(ports, collection);
}

function wantedFeatures(known: readonly Feature[], uris: readonly string[] | null): readonly Feature[] {
  if (uris === null) return known;
  const faults = uris.flatMap((uri, index): Fault[] => {
    const path = ['features', index];
    if (!known.some((feature) => feature.uri === uri))
      return [
        {
          code: 'UNKNOWN_FEATURE',
          path,
          message: `the collection has ${known.map((feature) => feature.uri).join(', ') || 'no features'}`,
        },
      ];
    return uris.indexOf(uri) < index ? [{ code: 'DUPLICATE', path, message: `${uri} is named twice` }] : [];
  });
  refuseIfAny(faults);
  return known.filter(({ uri }) => uris.includes(uri));
}

/** The background, or how many documents there are where they are too few. */
async function measure(
  ports: MeasuringPorts,
  collection: Collection,
  feature: Feature,
): Promise<Background | number> {
  const counts = await ports.backend.count(collection, [feature]);
  const population = counts.features.get(feature.id) ?? 0;
  if (population < LEAST_DOCUMENTS) return population;
  const vectors = await ports.backend.sample(
    collection,
    feature,
    SAMPLE_DOCUMENTS,
    `background ${feature.uri}`,
  );
  if (vectors.length < LEAST_DOCUMENTS) return vectors.length;
  return {
    ...backgroundOf(vectors, feature.similarity, `pairs ${feature.uri}`),
    documents: vectors.length,
    pairs: SAMPLE_PAIRS,
    population: counts.documents,
    measuredAt: ports.clock.now(),
  };
}

function tooFew(feature: Feature, documents: number): ReweighError {
  const message = `${feature.uri} is in ${documents} documents, a measurement needs ${LEAST_DOCUMENTS}`;
  return new ReweighError('TOO_FEW_DOCUMENTS', message, { documents, needed: LEAST_DOCUMENTS }, [
    { code: 'TOO_FEW_DOCUMENTS', path: ['features'], message },
  ]);
}

import { refusal } from '../errors.ts';
import { commonFeature, faultOfTargets, targetsOf, type SearchTarget } from './search-targets.ts';
import type { Collection, Feature } from '../collection/collection.ts';
import type { Notice } from '../execution/record.ts';
import type { Ports } from '../ports.ts';
import type { Retriever, RetrieverVersion, Search } from './retriever.ts';

/** A retriever version with everything it names, ready to run. */
export interface Plan {
  readonly retriever: Retriever;
  readonly version: RetrieverVersion;
  /** The retriever's collections, in order. */
  readonly collections: readonly Collection[];
  readonly searches: readonly PlannedSearch[];
  /** What is worth saying about the definitions themselves. */
  readonly notices: readonly Notice[];
}

export interface PlannedSearch {
  readonly search: Search;
  /** What inputs are embedded by; dimensions and similarity are those of all targets. */
  readonly feature: Feature;
  /** The collections that have the feature, at least one, in order of the retriever's. */
  readonly targets: readonly SearchTarget[];
}

export interface PlanQuestion {
  readonly namespace: string;
  /** Name of the retriever. */
  readonly retriever: string;
  /** Null: the latest. */
  readonly version: number | null;
}

/** The features that the retriever searches in one of its collections. */
export function featuresIn({ searches }: Plan, place: number): readonly Feature[] {
  const features = searches.flatMap(({ targets }) =>
    targets.flatMap((target) => (target.place === place ? [target.feature] : [])),
  );
  return [...new Map(features.map((feature) => [feature.id, feature])).values()];
}

/**
 * Loads a retriever version and what it names. NOT_FOUND where the retriever, the version or one of its collections is
 * gone; UNKNOWN_FEATURE where no collection has a feature any more; TYPE_MISMATCH where collections have come to
 * define one differently. Definitions that are older than is promised come with the notice STALE_DEFINITIONS.
 */
export async function loadPlan(ports: Pick<Ports, 'catalog'>, question: PlanQuestion): Promise<Plan> {
  const retriever = await requireRetriever(ports, question.namespace, question.retriever);
  const version = await requireVersion(ports, retriever, question.version);
  const planned = await planSearches(ports, question.namespace, version);
  const isStale = [retriever, ...planned.collections].some((one) => ports.catalog.isStale(one));
  return { retriever, version, ...planned, notices: isStale ? [STALE] : [] };
}

const STALE: Notice = {
  code: 'STALE_DEFINITIONS',
  feature: null,
  message: 'the definitions could not be read in time: older ones serve',
};

async function planSearches(
  ports: Pick<Ports, 'catalog'>,
  namespace: string,
  version: RetrieverVersion,
): Promise<Pick<Plan, 'collections' | 'searches'>> {
  const collections = await Promise.all(
    version.spec.collections.map((name) => requireCollection(ports, namespace, name)),
  );
  const features = await Promise.all(collections.map(({ id }) => ports.catalog.featuresOf(id)));
  const known = collections.map((collection, place) => ({ collection, features: features[place] ?? [] }));
  const searches = version.spec.searches.map((search) => {
    const targets = targetsOf(search.feature, known);
    const feature = commonFeature(targets);
    if (feature === undefined)
      throw refusal('UNKNOWN_FEATURE', `the feature ${search.feature} is no longer registered`, [
        'retriever',
      ]);
    const fault = faultOfTargets(targets);
    if (fault !== null) throw refusal('TYPE_MISMATCH', fault, ['retriever']);
    return { search, feature, targets };
  });
  return { collections, searches };
}

/** The collection of this name. NOT_FOUND where there is none. */
export async function requireCollection(
  ports: Pick<Ports, 'catalog'>,
  namespace: string,
  name: string,
): Promise<Collection> {
  const collection = await ports.catalog.collectionByName(namespace, name);
  if (collection === null)
    throw refusal('NOT_FOUND', `there is no collection named ${JSON.stringify(name)}`, ['collection']);
  return collection;
}

/** The retriever of this name. NOT_FOUND where there is none. */
export async function requireRetriever(
  ports: Pick<Ports, 'catalog'>,
  namespace: string,
  name: string,
): Promise<Retriever> {
  const retriever = await ports.catalog.retrieverByName(namespace, name);
  if (retriever === null)
    throw refusal('NOT_FOUND', `there is no retriever named ${JSON.stringify(name)}`, ['retriever']);
  return retriever;
}

/** This version of the retriever; null: the latest. NOT_FOUND where there is none. */
export async function requireVersion(
  ports: Pick<Ports, 'catalog'>,
  retriever: Retriever,
  number: number | null,
): Promise<RetrieverVersion> {
  const version = await ports.catalog.version(retriever.id, number ?? retriever.latestVersion);
  if (version === null)
    throw refusal(
      'NOT_FOUND',
      `${retriever.name} has no version ${number}; its latest is ${retriever.latestVersion}`,
      ['version'],
    );
  return version;
}

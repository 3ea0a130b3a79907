import type { Collection, Feature } from '../collection/collection.ts';

/** A collection that has a search's feature, and the feature as it is registered there. */
export interface SearchTarget {
  /** Place of the collection in the retriever's list. */
  readonly place: number;
  readonly collection: Collection;
  readonly feature: Feature;
}

interface Searchable {
  readonly collection: Collection;
  readonly features: readonly Feature[];
}

/** The collections, in order, that have a feature of this URI. */
export function targetsOf(uri: string, collections: readonly Searchable[]): readonly SearchTarget[] {
  return collections.flatMap(({ collection, features }, place) => {
    const feature = features.find((registered) => registered.uri === uri);
    return feature === undefined ? [] : [{ place, collection, feature }];
  });
}

/** The definition that inputs are embedded by: the first that embeds, where one does. */
export function commonFeature(targets: readonly SearchTarget[]): Feature | undefined {
  return (targets.find(({ feature }) => feature.embedder !== 'NONE') ?? targets[0])?.feature;
}

/**
 * Why one input cannot be searched for in all of these: the feature has other dimensions, another similarity or
 * another embedder in one than in another. One that takes ready vectors only goes with any. Null: it can.
 */
export function faultOfTargets(targets: readonly SearchTarget[]): string | null {
  const common = commonFeature(targets);
  const model = targets.find(({ feature }) => feature === common);
  for (const { collection, feature } of targets) {
    if (common === undefined || model === undefined) return null;
    const differs =
      feature.dims !== common.dims ||
      feature.similarity !== common.similarity ||
      (feature.embedder !== 'NONE' &&
        (feature.embedder !== common.embedder || feature.model !== common.model));
    if (differs)
      return `${common.uri} is ${describe(common)} in ${model.collection.name}, and ${describe(feature)} in ${collection.name}`;
  }
  return null;
}

function describe({ dims, similarity, embedder, model }: Feature): string {
  return `${dims} ${similarity} ${embedder}${model === null ? '' : ` ${model}`}`;
}

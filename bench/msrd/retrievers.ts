import { COLLECTION, fieldOf, uriOf } from './load.ts';
import type { GraphqlClient } from '../support/graphql.ts';
import type { Pack } from './pack.ts';

/** A retriever over the films. */
export interface Recipe {
  readonly name: string;
  /** Indexes of the features it searches. */
  readonly searched: readonly number[];
  readonly fusion: Readonly<Record<string, string>>;
  /** One per search; none unless given. */
  readonly weights?: readonly number[];
  /** Hits it keeps; 10 unless given. */
  readonly finalTopK?: number;
  /** Candidates of every search on each shard; the server's own choice unless given. */
  readonly numCandidates?: number;
}

/** One figure to reproduce: a static retriever, and what it must measure. */
export interface Trial extends Recipe {
  readonly expected: number;
  /** How far the measured figure may be off. */
  readonly tolerance: number;
}

/** Half a unit of the third decimal, in which the figures must agree. */
const THREE_DECIMALS = 0.0005;
/** Backgrounds are measured from other random pairs. */
const OTHER_PAIRS = 0.002;

const FUSIONS: Readonly<Record<string, Trial['fusion']>> = {
  'rrf equal': { strategy: 'RRF' },
  'minmax equal': { strategy: 'WEIGHTED', normalization: 'MIN_MAX' },
  'dbsf equal': { strategy: 'DBSF' },
  'cos equal': { strategy: 'WEIGHTED', normalization: 'SIMILARITY' },
  'background equal': { strategy: 'WEIGHTED', normalization: 'BACKGROUND' },
};

/** Every figure of the pack. Throws for one that this bench does not know how to measure. */
export function trialsOf({ features, expected }: Pack): readonly Trial[] {
  const all = features.map((_, index) => index);
  const singles = Object.entries(expected.single).map(([feature, figure]): Trial => ({
    name: feature,
    searched: [features.indexOf(feature)],
    fusion: FUSIONS['cos equal']!,
    expected: figure,
    tolerance: THREE_DECIMALS,
  }));
  const fused = Object.entries(expected.fused).map(([name, figure]): Trial => {
    const fusion = FUSIONS[name];
    if (fusion === undefined) throw new Error(`no retriever is known for the figure ${name}`);
    const tolerance = fusion['normalization'] === 'BACKGROUND' ? OTHER_PAIRS : THREE_DECIMALS;
    return { name, searched: all, fusion, expected: figure, tolerance };
  });
  return [...singles, ...fused];
}

export const retrieverName = ({ name }: Recipe): string => name.replaceAll(' ', '-');
export const inputName = fieldOf;

/** A retriever of ready vectors; a query that lacks a feature searches nothing there. */
export async function createTrial(client: GraphqlClient, pack: Pack, recipe: Recipe): Promise<void> {
  const searched = recipe.searched.map((index) => pack.features[index]!);
  const spec = {
    collections: [COLLECTION],
    inputs: searched.map((feature) => ({ name: inputName(feature), type: 'VECTOR' })),
    searches: searched.map((feature, index) => ({
      feature: uriOf(feature),
      input: `{{INPUT.${inputName(feature)}}}`,
      topK: 100,
      numCandidates: recipe.numCandidates ?? null,
      minScore: 1.000001e-6,
      onEmpty: 'SKIP',
      weight: recipe.weights?.[index] ?? null,
    })),
    fusion: recipe.fusion,
    finalTopK: recipe.finalTopK ?? 10,
  };
  await client.ask(
    `mutation ($input: CreateRetrieverInput!) {
      createRetriever(input: $input) { retriever { id } userErrors { code message } } }`,
    { input: { name: retrieverName(recipe), spec } },
  );
}

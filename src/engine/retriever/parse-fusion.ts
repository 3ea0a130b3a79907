import { integer, type Reading } from './reading.ts';
import type { Fault } from '../errors.ts';
import type { Fusion, FusionStrategy, Normalization } from './retriever.ts';
import type { RetrieverSpecInput } from './spec-input.ts';

/** Reads how the ranked lists of a recipe become one. */
export function readFusion(input: RetrieverSpecInput, reading: Reading): Fusion {
  const { faults } = reading;
  const given = input.fusion ?? {};
  const strategy = given.strategy ?? 'LEARNED';
  const normalization = given.normalization ?? 'BACKGROUND';
  if (given.staticArm != null && strategy !== 'LEARNED')
    faults.push({
      code: 'INVALID_VALUE',
      path: ['fusion', 'staticArm'],
      message: `only LEARNED has a static arm, the strategy is ${strategy}`,
    });
  const missing = given.missing ?? 'ZERO';
  if (missing === 'COMPLETE') checkComplete({ strategy, normalization }, faults);
  const searched = reading.collections
    .flatMap(({ features }) => features)
    .filter(({ uri }) => input.searches.some(({ feature }) => feature === uri));
  if (normalization === 'TMM' && searched.some(({ similarity }) => similarity !== 'COSINE'))
    faults.push({
      code: 'INVALID_VALUE',
      path: ['fusion', 'normalization'],
      message: 'TMM knows the least possible score of COSINE features only',
    });
  const sumsToOne = strategy === 'WEIGHTED' || strategy === 'LEARNED';
  if (sumsToOne && input.searches.length > 0 && input.searches.every(({ weight }) => weight === 0))
    faults.push({
      code: 'OUT_OF_RANGE',
      path: ['searches'],
      message: 'expected a weight above 0, got only zeros',
    });
  return {
    strategy,
    rrfK: integer(given.rrfK ?? 60, { path: ['fusion', 'rrfK'], least: 1, most: 10_000, faults }),
    normalization,
    missing,
    staticArm: strategy === 'LEARNED' ? (given.staticArm ?? 'WEIGHTED') : null,
  };
}

/** Whose x depends on which documents the list holds, so that completing it would change every score in it. */
const OF_THE_LIST: readonly Normalization[] = ['MIN_MAX', 'Z_SCORE', 'DBSF', 'RANK'];
/** Strategies that look at a list's own hits only. */
const OF_RANKED_HITS: readonly FusionStrategy[] = ['RRF', 'DBSF'];

function checkComplete(
  { strategy, normalization }: Pick<Fusion, 'strategy' | 'normalization'>,
  faults: Fault[],
): void {
  const path = ['fusion', 'missing'];
  if (OF_THE_LIST.includes(normalization))
    faults.push({
      code: 'INVALID_VALUE',
      path,
      message: `COMPLETE needs BACKGROUND, SIMILARITY, L2 or TMM, the normalization is ${normalization}`,
    });
  if (OF_RANKED_HITS.includes(strategy))
    faults.push({
      code: 'INVALID_VALUE',
      path,
      message: `COMPLETE needs a strategy that adds up scores, ${strategy} sees the hits of each list only`,
    });
}

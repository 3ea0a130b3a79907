import { integer, type Reading } from './reading.ts';
import type { Fusion } from './retriever.ts';
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
    staticArm: strategy === 'LEARNED' ? (given.staticArm ?? 'WEIGHTED') : null,
  };
}

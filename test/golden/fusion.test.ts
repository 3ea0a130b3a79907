import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { fuseLists, listOf } from '../support/fixtures.ts';
import { normalize, type NormalizationRule } from '../../src/engine/fusion/normalize.ts';
import type { FusionInput } from '../../src/engine/fusion/fuse.ts';

type Hits = readonly (readonly [string, number])[];
type Golden = Readonly<Record<string, Readonly<Record<string, number>>>> & {
  readonly lists: readonly Hits[];
  readonly edge: readonly Hits[];
  readonly normalizations: Readonly<Record<string, readonly number[]>>;
};
const golden = JSON.parse(readFileSync('test/golden/fusion.json', 'utf8')) as Golden;
const lists = golden.lists.map(listOf);
const edge = golden.edge.map(listOf);

/** As text, so that a difference shows both sides; equal to 1e-9. */
const close = (got: Iterable<number>, wanted: readonly number[]): void => {
  const values = [...got];
  expect(values).toHaveLength(wanted.length);
  values.forEach((value, index) => expect(Math.abs(value - wanted[index]!)).toBeLessThanOrEqual(1e-9));
};

const FUSIONS: readonly (readonly [string, Partial<FusionInput> & Pick<FusionInput, 'lists'>])[] = [
  ['rrf_k60_equal', { lists, strategy: 'RRF' }],
  ['rrf_k60_weights_07_03', { lists, strategy: 'RRF', weights: Float64Array.of(0.7, 0.3) }],
  ['rrf_k2_equal', { lists, strategy: 'RRF', rrfK: 2 }],
  ['dbsf_sum', { lists, strategy: 'DBSF' }],
  ['minmax_weights_06_04', { lists, weights: Float64Array.of(0.6, 0.4) }],
  ['minmax_max', { lists, strategy: 'MAX' }],
  [
    'l2_weights_equal_half',
    { lists, weights: Float64Array.of(0.5, 0.5), rules: [{ kind: 'L2' }, { kind: 'L2' }] },
  ],
  ['edge_dbsf', { lists: edge, strategy: 'DBSF' }],
  ['edge_minmax_thirds', { lists: edge, weights: new Float64Array(3).fill(1 / 3) }],
  ['edge_rrf_k60', { lists: edge, strategy: 'RRF' }],
];

const RULES: readonly (readonly [string, NormalizationRule, string])[] = [
  ['min_max', { kind: 'MIN_MAX' }, 'scores'],
  ['z_score', { kind: 'Z_SCORE' }, 'scores'],
  ['dbsf', { kind: 'DBSF' }, 'scores'],
  ['l2', { kind: 'L2' }, 'scores'],
  ['tmm_cosine', { kind: 'TMM' }, 'scores'],
  ['rank', { kind: 'RANK' }, 'scores'],
  ['background_mean_05_sd_1', { kind: 'BACKGROUND', mean: 0.05, deviation: 0.1 }, 'scores'],
  ['background_mean_3_sd_2', { kind: 'BACKGROUND', mean: 0.3, deviation: 0.2 }, 'scores'],
  ['equal_min_max', { kind: 'MIN_MAX' }, 'equal_scores'],
  ['equal_dbsf', { kind: 'DBSF' }, 'equal_scores'],
  ['equal_z_score', { kind: 'Z_SCORE' }, 'equal_scores'],
];

describe('golden fusion', () => {
  test.each(FUSIONS)('%s agrees to 1e-9 on every document', (name, given) => {
    const { scores } = fuseLists(given);
    const wanted = golden[name]!;
    expect([...scores.keys()].sort()).toEqual(Object.keys(wanted).sort());
    close(
      Object.keys(wanted).map((id) => scores.get(id)!),
      Object.values(wanted),
    );
  });

  test.each(RULES)('%s agrees to 1e-9 on every hit', (name, rule, scores) => {
    const list = listOf(golden.normalizations[scores]!.map((score, index) => [`d${index}`, score]));
    close(normalize(list, rule), golden.normalizations[name]!);
  });

  test('no golden number is left without a test', () => {
    const tested = new Set([...FUSIONS.map(([name]) => name), 'lists', 'edge', 'normalizations']);
    expect(Object.keys(golden).filter((name) => !tested.has(name))).toEqual([]);
    const rules = new Set([...RULES.map(([name]) => name), 'scores', 'equal_scores']);
    expect(Object.keys(golden.normalizations).filter((name) => !rules.has(name))).toEqual([]);
  });
});

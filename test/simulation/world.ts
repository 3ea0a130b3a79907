import { aspectVectors, blur, cosines, dot, type Vectors } from './embeddings.ts';
import { candidatesOf, type Candidates } from './candidates.ts';
import { seededRandom, type Random } from '../../src/engine/random.ts';
import type { NormalizationRule } from '../../src/engine/fusion/normalize.ts';
import type { Scenario } from './scenarios.ts';

export const DOCUMENTS = 500;
/** Queries users search with while the retriever learns; the rest are held out to judge weights by. */
export const TRAINING = 200;
export const HELD_OUT = 120;

/** How the world's scores look and what fusion makes of them. */
export interface Setting {
  /** BACKGROUND: mean 0, deviation .25 as of random directions. MEASURED: from random pairs of documents. */
  readonly normalization: 'BACKGROUND' | 'MEASURED' | 'SIMILARITY' | 'MIN_MAX';
  /** COMPLETE: a candidate's score is known in every list; ZERO: it adds 0 where it is absent. */
  readonly missing: 'ZERO' | 'COMPLETE';
  /** Raw score r of a cosine s: r = offset + scale·s. */
  readonly scores: { readonly offset: number; readonly scale: number };
}
export const PLAIN_SETTING: Setting = {
  normalization: 'BACKGROUND',
  missing: 'ZERO',
  scores: { offset: 0, scale: 1 },
};

export interface World {
  readonly scenario: Scenario;
  readonly features: number;
  readonly groups: number;
  /** TRAINING + HELD_OUT of them. */
  readonly queries: readonly Candidates[];
}

/** A world: embeddings, graded relevance, and the candidates that the engine's own fusion finds for every query. */
export function makeWorld(scenario: Scenario, setting: Setting, seed: string): World {
  const random = seededRandom(JSON.stringify([scenario.name, seed]));
  const queries = TRAINING + HELD_OUT;
  const shape = { aspects: scenario.taste[0]!.length, shared: scenario.shared };
  const documents = aspectVectors(random, DOCUMENTS, shape);
  const wishes = aspectVectors(random, queries, shape);
  const grades = gradesOf(scenario, documents, wishes);
  const seen = scenario.sees.map((aspect, f) => blur(random, documents[aspect]!, scenario.noise[f]!));
  const asked = scenario.sees.map((aspect, f) => blur(random, wishes[aspect]!, scenario.noise[f]! / 2));
  const rules = seen.map((vectors) => ruleOf(random, vectors, setting));
  const toRaw = (cosine: number): number => setting.scores.offset + setting.scores.scale * cosine;
  return {
    scenario,
    features: scenario.sees.length,
    groups: scenario.taste.length,
    queries: Array.from({ length: queries }, (_, query) => {
      const raw = seen.map((vectors, f) => cosines(vectors, asked[f]!, query).map(toRaw));
      const graded = grades.map((group) => group.subarray(query * DOCUMENTS, (query + 1) * DOCUMENTS));
      return candidatesOf({ raw, rules, graded, missing: setting.missing });
    }),
  };
}

/** Grades by group, queries × documents: utility over its standard deviation beyond 1.55, 2.05, 2.5 (6, 2, .6 %). */
function gradesOf(
  scenario: Scenario,
  documents: readonly Vectors[],
  wishes: readonly Vectors[],
): readonly Uint8Array[] {
  const cells = (TRAINING + HELD_OUT) * DOCUMENTS;
  const aspects = documents.map((vectors, aspect) => {
    const all = new Float64Array(cells);
    for (let query = 0; query < cells / DOCUMENTS; query += 1)
      all.set(cosines(vectors, wishes[aspect]!, query), query * DOCUMENTS);
    return all;
  });
  return scenario.taste.map((taste) => {
    const utility = new Float64Array(cells);
    let sum = 0;
    let squares = 0;
    for (let cell = 0; cell < cells; cell += 1) {
      let value = 0;
      for (let aspect = 0; aspect < taste.length; aspect += 1)
        value += taste[aspect]! * aspects[aspect]![cell]!;
      utility[cell] = value;
      sum += value;
      squares += value * value;
    }
    const deviation = Math.sqrt(squares / cells - (sum / cells) ** 2);
    const grades = new Uint8Array(cells);
    for (let cell = 0; cell < cells; cell += 1) {
      const size = utility[cell]! / deviation;
      grades[cell] = size > 2.5 ? 3 : size > 2.05 ? 2 : size > 1.55 ? 1 : 0;
    }
    return grades;
  });
}

/** Pairs of different documents that a background is measured from. */
const PAIRS = 4_000;

function ruleOf(random: Random, vectors: Vectors, { normalization, scores }: Setting): NormalizationRule {
  switch (normalization) {
    case 'MIN_MAX':
      return { kind: 'MIN_MAX' };
    case 'SIMILARITY':
      return { kind: 'SIMILARITY', similarity: 'COSINE' };
    case 'BACKGROUND':
      return { kind: 'BACKGROUND', mean: scores.offset, deviation: 0.25 * scores.scale };
    case 'MEASURED': {
      const pairs = Float64Array.from({ length: PAIRS }, () => {
        const one = Math.floor(random.next() * DOCUMENTS);
        const other = (one + 1 + Math.floor(random.next() * (DOCUMENTS - 1))) % DOCUMENTS;
        return scores.offset + scores.scale * dot(vectors, vectors, [one, other]);
      });
      const mean = pairs.reduce((sum, value) => sum + value, 0) / PAIRS;
      const deviation = Math.sqrt(pairs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (PAIRS - 1));
      return { kind: 'BACKGROUND', mean, deviation };
    }
  }
}

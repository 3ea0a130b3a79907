import { seededRandom } from '../../src/engine/random.ts';
import { standardNormals } from '../../src/engine/learning/normal.ts';

/**
 * A simulated catalogue and its users. A document's utility to a group of users is Σ_k taste[group][k]·aspect_k(query,
 * document); feature f observes aspect `sees[f]` through noise; grades 0..3 are thresholds of the utility.
 */
export interface Scenario {
  readonly name: string;
  /** What a group of users cares for: groups × aspects. */
  readonly taste: readonly (readonly number[])[];
  /** The aspect that each feature observes. */
  readonly sees: readonly number[];
  /** Noise of each feature's document embeddings; half of it on queries. */
  readonly noise: readonly number[];
  /** A position is examined with probability position^−bias. */
  readonly bias: number;
  /** P(click | examined, grade). */
  readonly attraction: readonly [number, number, number, number];
  /** True: users scan down and may stop after a click, instead of examining positions independently. */
  readonly cascade: boolean;
  /** How much the aspects have in common, 0..1. */
  readonly shared: number;
  /** Users per group. */
  readonly usersPerGroup: number;
  /** Groups per segment: a segment may hold groups that differ a little. */
  readonly groupsPerSegment: number;
  /** Session after which everybody has the tastes of group 1; null: never. */
  readonly flipsAfter: number | null;
  /** Whether clicked documents are also bought or disliked. */
  readonly signals: boolean;
}

const ONE: Scenario['taste'] = [[0.93, 0.33, 0.15]];
const OPPOSED: Scenario['taste'] = [
  [0.93, 0.33, 0.15],
  [0.15, 0.33, 0.93],
];

const PLAIN: Omit<Scenario, 'name'> = {
  taste: ONE,
  sees: [0, 1, 2],
  noise: [0.6, 0.6, 0.6],
  bias: 1,
  attraction: [0.05, 0.2, 0.45, 0.8],
  cascade: false,
  shared: 0,
  usersPerGroup: 1,
  groupsPerSegment: 1,
  flipsAfter: null,
  signals: false,
};
const RARE: Scenario['attraction'] = [0.0006, 0.0025, 0.006, 0.011];

const scenario = (name: string, changes: Partial<Scenario> = {}): Scenario => ({
  ...PLAIN,
  ...changes,
  name,
});

/** Embedding dimensions, documents, queries and list lengths are the same in all scenarios: see world.ts. */
export const SCENARIOS = {
  /** The third feature is noise. */
  useless: scenario('useless', { taste: [[0.75, 0.66, 0]] }),
  /** One feature matters most. */
  dominant: scenario('dominant'),
  /** Equal weights are already best. */
  complementary: scenario('complementary', { taste: [[0.62, 0.57, 0.54]] }),
  /** Two features see the same aspect. */
  redundant: scenario('redundant', { taste: [[0.55, 0.83, 0]], sees: [0, 0, 1], noise: [0.8, 0.8, 0.6] }),
  /** The third feature points away from what users want. */
  harmful: scenario('harmful', { taste: [[0.8, 0.5, -0.33]] }),
  unevenNoise: scenario('unevenNoise', { taste: [[0.58, 0.58, 0.58]], noise: [0.3, 0.8, 1.6] }),
  /** The lists share many documents. */
  overlap: scenario('overlap', { shared: 0.4 }),
  posbias: scenario('posbias', { bias: 2 }),
  flat: scenario('flat', { bias: 0.5 }),
  unbiased: scenario('unbiased', { bias: 0 }),
  noisy: scenario('noisy', { attraction: [0.2, 0.3, 0.4, 0.5] }),
  /** About one click in four pages. */
  sparse: scenario('sparse', { attraction: [0.01, 0.04, 0.09, 0.16] }),
  cascade: scenario('cascade', { cascade: true }),
  six: scenario('six', {
    taste: [[0.8, 0.6, 0, 0, 0, 0]],
    sees: [0, 1, 2, 3, 4, 5],
    noise: new Array<number>(6).fill(0.6),
  }),
  /** Two segments that want opposite things. */
  segments: scenario('segments', { taste: OPPOSED, usersPerGroup: 10 }),
  /** 40 users in two segments, each a little different. */
  users: scenario('users', { taste: tribes(), groupsPerSegment: 20 }),
  drift: scenario('drift', { taste: OPPOSED, flipsAfter: 2_000 }),
  signals: scenario('signals', { attraction: [0.2, 0.3, 0.4, 0.5], signals: true }),
  silent: scenario('silent', { attraction: [0, 0, 0, 0] }),
  /** About one click in 80 pages. */
  rareDominant: scenario('rareDominant', { attraction: RARE }),
  rareComplementary: scenario('rareComplementary', { attraction: RARE, taste: [[0.62, 0.57, 0.54]] }),
} as const satisfies Record<string, Scenario>;

/** 20 users around each of two tastes: |taste + .25·normal|, scaled to length 1. */
function tribes(): Scenario['taste'] {
  const normals = standardNormals(seededRandom('tribes'), 120);
  return Array.from({ length: 40 }, (_, user) => {
    const centre = user < 20 ? [0.9, 0.35, 0.2] : [0.2, 0.35, 0.9];
    const taste = centre.map((value, aspect) => Math.abs(value + 0.25 * normals[3 * user + aspect]!));
    return taste.map((value) => value / Math.hypot(...taste));
  });
}

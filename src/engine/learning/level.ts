import { NO_EVIDENCE } from './posterior.ts';
import type { ContextLevel } from './context.ts';
import type { Learning } from '../retriever/learning-spec.ts';
import type { Level } from '../execution/record.ts';

/** How much one level has seen. Fading evidence gives fractions. */
export interface LevelEvidence {
  readonly level: ContextLevel;
  /** Executions that served at least one hit. */
  readonly pages: number;
  readonly rewardedImpressions: number;
}

export interface NamedLevel {
  readonly level: Level;
  /** Why this level, in a sentence. */
  readonly reason: string;
}

interface LevelQuestion {
  /** Per level that was asked for, from global. */
  readonly evidence: readonly LevelEvidence[];
  /** Levels that the weights rest on; empty: the prior is served. */
  readonly used: readonly ContextLevel[];
  readonly learning: Pick<Learning, 'pooling' | 'posterior' | 'minInteractions'>;
}

const OWNERS = {
  GLOBAL: 'everybody',
  SEGMENT: 'the segment',
  USER: 'the user',
  SESSION: 'the session',
} as const satisfies Record<ContextLevel, string>;

/**
 * The level weights are named after. A user or a session gives its name only with `minInteractions` rewarded
 * impressions of its own, although fewer already have their say; a segment and global with any.
 */
export function findLevel(question: LevelQuestion): NamedLevel {
  const { evidence, used, learning } = question;
  const least = (level: ContextLevel): number =>
    level === 'USER' || level === 'SESSION' ? learning.minInteractions : NO_EVIDENCE;
  const named = evidence.findLast(
    ({ level, rewardedImpressions }) => used.includes(level) && rewardedImpressions >= least(level),
  );
  if (named === undefined) return { level: 'PRIOR', reason: whyPrior(question) };
  return { level: named.level, reason: `${whyNamed(named, question)}${whoElse(named, question)}` };
}

function whyPrior({ evidence, learning }: LevelQuestion): string {
  const global = evidence[0]?.rewardedImpressions ?? 0;
  if (global <= NO_EVIDENCE) return 'no rewarded impression yet: the prior is served as it is';
  if (learning.posterior === 'BETA' && global < learning.minInteractions)
    return `everybody has ${count(global)} of ${learning.minInteractions} rewarded impressions: the prior is served as it is`;
  return 'no score varies within a position: the prior is served as it is';
}

function whyNamed({ level, pages, rewardedImpressions }: LevelEvidence, { used }: LevelQuestion): string {
  const rewarded = counted(rewardedImpressions, 'rewarded impression');
  const seen = `${OWNERS[level]} has ${rewarded} on ${counted(pages, 'page')}`;
  const wider = used.slice(0, used.indexOf(level)).map((other) => OWNERS[other]);
  return wider.length === 0 ? seen : `${seen}, drawn towards ${wider.toReversed().join(' and ')}`;
}

/** What deeper levels lack to give their name. */
function whoElse(named: LevelEvidence, { evidence, learning }: LevelQuestion): string {
  return evidence
    .slice(evidence.indexOf(named) + 1)
    .map(({ level, rewardedImpressions }) =>
      rewardedImpressions <= NO_EVIDENCE
        ? `; ${OWNERS[level]} has none`
        : `; ${OWNERS[level]} has ${count(rewardedImpressions)} of ${learning.minInteractions}`,
    )
    .join('');
}

const count = (value: number): string => String(Math.round(value * 10) / 10);
const counted = (value: number, what: string): string =>
  `${count(value)} ${what}${count(value) === '1' ? '' : 's'}`;

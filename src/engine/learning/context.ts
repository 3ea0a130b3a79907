import type { ExecutionRecord, Level } from '../execution/record.ts';

/** Levels that have counters, from the one everybody shares to the most personal. */
export const CONTEXT_LEVELS = ['GLOBAL', 'SEGMENT', 'USER', 'SESSION'] as const satisfies readonly Level[];
export type ContextLevel = (typeof CONTEXT_LEVELS)[number];

/** Whose evidence: together with retriever, generation and epoch it names one row of counters. */
export interface Subject {
  readonly level: ContextLevel;
  /** GLOBAL: empty. SEGMENT: JSON of the tuple of values. USER and SESSION: the id as the caller gave it. */
  readonly subject: string;
}

/** Who an execution is for. */
export type Audience = Pick<ExecutionRecord, 'segment' | 'user' | 'session'>;

/**
 * The contexts an execution reads from and teaches, from global to the most personal. A segment with a missing
 * value, or without declared features, is no level; sessions are one only where the retriever enables them.
 */
export function contextsOf(
  audience: Audience,
  options: { readonly sessionLevel: boolean },
): readonly Subject[] {
  const { segment, user, session } = audience;
  const contexts: Subject[] = [{ level: 'GLOBAL', subject: '' }];
  if (segment !== null && segment.length > 0)
    contexts.push({ level: 'SEGMENT', subject: segmentSubject(segment) });
  if (user !== null) contexts.push({ level: 'USER', subject: user });
  if (options.sessionLevel && session !== null) contexts.push({ level: 'SESSION', subject: session });
  return contexts;
}

/** The text of a segment: JSON, so that no two tuples have the same, whatever their values hold. */
export function segmentSubject(values: readonly string[]): string {
  return JSON.stringify(values);
}

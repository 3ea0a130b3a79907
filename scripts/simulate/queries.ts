import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';

export interface JudgedQuery {
  readonly id: string;
  readonly segment: string;
  readonly text: string;
  /** Grade 0..3 by document; a document without one is graded 0. */
  readonly judgments: Readonly<Record<string, number>>;
}

/** The demo's queries: half of them, by a hash of the id, are played, the others judged. */
export function readQueries(): {
  readonly segments: readonly string[];
  readonly played: readonly JudgedQuery[];
  readonly judged: readonly JudgedQuery[];
} {
  const file = new URL('../../demo/queries.json', import.meta.url);
  const { segments, queries } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly segments: readonly string[];
    readonly queries: readonly JudgedQuery[];
  };
  const isPlayed = ({ id }: JudgedQuery): boolean => createHash('sha256').update(id).digest()[0]! % 2 === 0;
  return { segments, played: queries.filter(isPlayed), judged: queries.filter((query) => !isPlayed(query)) };
}

import { seededRandom, type Random } from '../../src/engine/random.ts';
import type { Client, Report } from './client.ts';
import type { JudgedQuery } from './queries.ts';

/** Users per audience. */
const USERS = 12;
/** Pages on their way at once. */
const AT_ONCE = 8;
/** Chance of opening a hit that was looked at, by grade 0..3, and of buying what was opened. */
const OPENS = [0.04, 0.3, 0.5, 0.7];
const BUYS = [0, 0.02, 0.08, 0.2];
/** Chance of a thumbs-down for a bad hit that was opened. */
const DISLIKES = 0.3;

export interface Play {
  readonly queries: readonly JudgedQuery[];
  readonly pages: number;
  readonly seed: string;
}

/** Plays pages and reports what users did; the number of interactions. */
export async function playPages(
  client: Client,
  { queries, pages, seed }: Play,
  progress: (done: number) => void,
): Promise<number> {
  const random = seededRandom(`simulated users ${seed}`);
  let started = 0;
  let done = 0;
  let reported = 0;
  const play = async (): Promise<void> => {
    while (started < pages) {
      started += 1;
      const query = queries[Math.floor(random.next() * queries.length)]!;
      const hits = await client.page(query, `${query.segment} ${Math.floor(random.next() * USERS)}`);
      const reports = hits.flatMap(({ id, documentId }, index) =>
        act(id, { grade: query.judgments[documentId] ?? 0, position: index + 1 }, random),
      );
      if (reports.length > 0) await client.report(reports);
      reported += reports.length;
      done += 1;
      if (done % 20 === 0 || done === pages) progress(done);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, play));
  return reported;
}

/** A user looks at position k with chance 1/k^0.7, opens what fits, and may say more about what was opened. */
function act(
  hit: string,
  seen: { readonly grade: number; readonly position: number },
  random: Random,
): readonly Report[] {
  const { grade, position } = seen;
  if (random.next() >= position ** -0.7 || random.next() >= OPENS[grade]!) return [];
  const kinds = ['CLICK'];
  if (random.next() < BUYS[grade]!) kinds.push('PURCHASE');
  if (grade === 0 && random.next() < DISLIKES) kinds.push('NEGATIVE_FEEDBACK');
  return [{ hit, kinds }];
}

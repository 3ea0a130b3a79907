import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from './instance.ts';
import { readPage, type PageOfHits } from './storm-world.ts';

export interface StormPlan {
  /** Addresses of the two instances at this moment; one that was killed may be replaced. */
  readonly urls: () => readonly [string, string];
  readonly interactions: number;
  /** 0 ≤ x < 1, from a seeded source. */
  readonly random: () => number;
  /** What happens half-way, such as a kill. The storm goes on meanwhile. */
  readonly onHalf: () => Promise<void>;
}

export interface Report {
  readonly hit: string;
  readonly kinds: readonly string[];
  readonly idempotencyKey: string;
}

export interface StormOutcome {
  /** What was sent and acknowledged, each once however often it was sent. */
  readonly reports: readonly Report[];
  readonly sentToBoth: number;
  readonly pairs: number;
  /** Calls that failed and were sent again. */
  readonly sentAgain: number;
  readonly seconds: number;
}

const KINDS = [
  'CLICK',
  'LONG_VIEW',
  'PURCHASE',
  'ADD_TO_CART',
  'BOOKMARK',
  'SHARE',
  'SKIP',
  'NEGATIVE_FEEDBACK',
];
const REPORTS_A_PAGE = 25;
const BATCH = 25;
const WORKERS = 4;
const ATTEMPTS = 200;
const RECORD = `mutation ($interactions: [RecordInteractionInput!]!) {
  recordInteractions(input: { interactions: $interactions }) { results { status faults { code } } } }`;

/** One step of a worker: reports for one instance, or for both at the same moment. */
interface Step {
  readonly batches: readonly { readonly to: 0 | 1; readonly reports: readonly Report[] }[];
}

/**
 * Serves pages on both instances, waits until they are stored, and reports on them in random order through both: a
 * tenth of the steps sends the same reports to both at once, a tenth sends two kinds of each hit through different
 * instances at once. All the while new pages are served and reported on through the other instance at once. What is
 * not acknowledged is sent again, with the same key, to whichever instance answers.
 */
export async function storm(plan: StormPlan): Promise<StormOutcome> {
  const began = performance.now();
  const steps = stepsOf(await pagesOf(plan), plan);
  let taken = 0;
  let sentAgain = 0;
  const half = { at: Math.floor(steps.length / 2), done: null as Promise<void> | null };
  const work = async (): Promise<void> => {
    while (taken < steps.length) {
      const index = taken++;
      if (index === half.at) half.done = plan.onHalf();
      const live = reportOnNewPage(plan, index);
      await Promise.all(
        steps[index]!.batches.map(async (batch) => {
          sentAgain += await sendUntilTaken(plan, batch.to, batch.reports);
        }),
      );
      await live;
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  await half.done;
  return { ...tally(steps), sentAgain, seconds: (performance.now() - began) / 1_000 };
}

async function pagesOf({ urls, interactions, random }: StormPlan): Promise<readonly PageOfHits[]> {
  const pages: PageOfHits[] = [];
  const wanted = Math.ceil(interactions / REPORTS_A_PAGE);
  while (pages.length < wanted)
    pages.push(...(await Promise.all([0, 1, 0, 1].map((to) => readPage(urls()[to]!, random)))));
  // Records are written behind the answer: this is longer than a batch of them takes.
  await sleep(1_000);
  return pages;
}

function stepsOf(pages: readonly PageOfHits[], { interactions, random }: StormPlan): readonly Step[] {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  let made = 0;
  const reportOf = (hit: string): Report => ({
    hit,
    kinds: [pick(KINDS)],
    idempotencyKey: `report ${(made += 1)}`,
  });
  const anyHits = (): readonly string[] => Array.from({ length: BATCH }, () => pick(pick(pages)));
  const steps: Step[] = [];
  while (made < interactions) {
    const manner = random();
    const to = random() < 0.5 ? 0 : 1;
    const reports = anyHits().map(reportOf);
    if (manner < 0.1) steps.push({ batches: [0, 1].map((both) => ({ to: both as 0 | 1, reports })) });
    else if (manner < 0.2) {
      const twins = reports.map(({ hit }) => reportOf(hit));
      steps.push({
        batches: [
          { to: 0, reports },
          { to: 1, reports: twins },
        ],
      });
    } else steps.push({ batches: [{ to, reports }] });
  }
  return steps;
}

/** How often it had to be sent again. */
async function sendUntilTaken(plan: StormPlan, to: 0 | 1, reports: readonly Report[]): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const url = plan.urls()[(to + attempt) % 2]!;
    if (await isTaken(url, reports)) return attempt;
    await sleep(50);
  }
  throw new Error(`reports were not taken after ${ATTEMPTS} attempts`);
}

async function isTaken(url: string, interactions: readonly Report[]): Promise<boolean> {
  interface Answer {
    readonly recordInteractions: {
      readonly results: readonly { readonly status: string; readonly faults: readonly { code: string }[] }[];
    };
  }
  const answer = await ask<Answer>(url, RECORD, { interactions }).catch(() => null);
  if (answer === null) return false;
  const refused = answer.recordInteractions.results.flatMap(({ faults }) => faults.map(({ code }) => code));
  const strange = refused.find((code) => code !== 'STORE_UNAVAILABLE');
  if (strange !== undefined) throw new Error(`a report was refused: ${strange}`);
  return refused.length === 0;
}

/** A page whose record may still be on its way, or be lost with its instance; nothing is promised for its report. */
async function reportOnNewPage({ urls, random }: StormPlan, index: number): Promise<void> {
  try {
    const [hit] = await readPage(urls()[index % 2]!, random);
    const interactions = [{ hit: hit!, kinds: ['CLICK'], idempotencyKey: `live ${index}` }];
    await ask(urls()[(index + 1) % 2]!, RECORD, { interactions });
  } catch {
    // Its instance has just been killed.
  }
}

function tally(steps: readonly Step[]): Pick<StormOutcome, 'reports' | 'sentToBoth' | 'pairs'> {
  const reports = new Map<string, Report>();
  let sentToBoth = 0;
  let pairs = 0;
  for (const { batches } of steps) {
    for (const batch of batches)
      for (const report of batch.reports) reports.set(report.idempotencyKey, report);
    const [first, second] = batches;
    if (second === undefined) continue;
    if (first!.reports === second.reports) sentToBoth += second.reports.length;
    else pairs += second.reports.length;
  }
  return { reports: [...reports.values()], sentToBoth, pairs };
}

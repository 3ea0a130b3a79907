import { encodeCursor } from './page.ts';
import { encodeGlobalId } from '../engine/ids.ts';
import { shares } from '../engine/fusion/shares.ts';
import { toDocument } from './map-document.ts';
import type { Connection } from '../schema/page.ts';
import type { ContributionType, HitType } from '../schema/execution.ts';
import type { DocumentType } from '../schema/document.ts';
import type { ExecutionRecord } from '../engine/execution/record.ts';
import type { RequestContext } from '../context.ts';

/** Cursors of hits hold their rank. */
export const HIT_SCOPE = 'hit';

/** Hits `from`..`to` of an execution (ranks from 1, inclusive; none where to < from). */
export interface HitPage {
  readonly record: ExecutionRecord;
  /** False where the execution left no trace: nothing can be reported of its hits. */
  readonly recorded: boolean;
  readonly from: number;
  readonly to: number;
}

export function toHits(context: RequestContext, page: HitPage): Connection<HitType> {
  const { record, from, to } = page;
  const nodes: HitType[] = [];
  for (let rank = from; rank <= to; rank += 1) nodes.push(toHit(context, page, rank));
  const cursorOf = (rank: number): string => encodeCursor(HIT_SCOPE, String(rank));
  return {
    nodes,
    edges: () => nodes.map((node) => ({ cursor: cursorOf(node.rank), node })),
    pageInfo: {
      hasNextPage: to < record.hitCount,
      hasPreviousPage: from > 1,
      startCursor: () => (to < from ? null : cursorOf(from)),
      endCursor: () => (to < from ? null : cursorOf(to)),
    },
    totalCount: record.hitCount,
    totalCountCapped: false,
  };
}

function toHit(context: RequestContext, { record, recorded }: HitPage, rank: number): HitType {
  const row = rank - 1;
  const { candidates } = record;
  const documentId = candidates.ids[row]!;
  return {
    id: encodeGlobalId({ type: recorded ? 'Hit' : 'UnrecordedHit', id: record.id, rank }),
    rank,
    score: candidates.fused[row]!,
    documentId,
    document: () => readDocument(context, record, row),
    contributions: () => toContributions(record, row),
  };
}

async function readDocument(
  context: RequestContext,
  { candidates, collections }: ExecutionRecord,
  row: number,
): Promise<DocumentType | null> {
  const collection = collections[candidates.collection[row]!]!;
  const found = await context.loaders.document.load({ collection, id: candidates.ids[row]! });
  return found === null ? null : toDocument(context, found.collection, found.document);
}

function toContributions(
  { candidates, features, weights }: ExecutionRecord,
  row: number,
): readonly ContributionType[] {
  const start = row * features.length;
  const parts = shares(candidates.contributions.subarray(start, start + features.length));
  return features.map((feature, index) => {
    const cell = start + index;
    const rank = candidates.ranks[cell]!;
    const raw = candidates.raw[cell]!;
    return {
      feature,
      rank: rank === 0 ? null : rank,
      rawScore: Number.isNaN(raw) ? null : raw,
      normalizedScore: candidates.normalized[cell]!,
      weight: weights[index]!,
      contribution: candidates.contributions[cell]!,
      share: parts[index] ?? null,
    };
  });
}

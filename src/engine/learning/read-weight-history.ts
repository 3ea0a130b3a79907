import { refusal } from '../errors.ts';
import { segmentSubject } from './context.ts';
import type { Ports } from '../ports.ts';
import type { Uuid } from '../ids.ts';
import type { WeightSnapshot } from './weight-history.ts';

export interface WeightHistoryCommand {
  readonly retriever: Uuid;
  /** Null: everybody. */
  readonly segment: readonly string[] | null;
  readonly since: Date | null;
  readonly until: Date | null;
  /** The newest so many, 1..1,000. */
  readonly last: number;
}

/** How the weights of everybody or of a segment have moved, in order of time. OUT_OF_RANGE for `last`. */
export async function readWeightHistory(
  ports: Pick<Ports, 'weightHistory'>,
  command: WeightHistoryCommand,
): Promise<readonly WeightSnapshot[]> {
  const { retriever, segment, since, until, last } = command;
  if (!Number.isInteger(last) || last < 1 || last > 1_000)
    throw refusal('OUT_OF_RANGE', `expected 1 to 1,000 snapshots, got ${last}`, ['last']);
  return ports.weightHistory.read({
    retrieverId: retriever,
    level: segment === null ? 'GLOBAL' : 'SEGMENT',
    subject: segment === null ? '' : segmentSubject(segment),
    since,
    until,
    limit: last,
  });
}

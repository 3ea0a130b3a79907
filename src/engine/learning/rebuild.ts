import { refusal, refuseIfAny } from '../errors.ts';
import type { Ports } from '../ports.ts';
import type { RebuildProgress } from './counter-store.ts';
import type { Uuid } from '../ids.ts';

export interface RebuildCommand {
  readonly namespace: string;
  readonly retriever: Uuid;
  /** Executions of this version and older ones earn by its rewards; null: each by those of its own version. */
  readonly creditVersion: number | null;
}

type RebuildPorts = Pick<Ports, 'counters' | 'jobs' | 'clock' | 'logger'>;

/** How long one job goes on before it lets others have their turn, in milliseconds. */
const TURN_MILLISECONDS = 2_000;

/**
 * Sums a retriever's counters again from the records, while the server serves. Answers at once; `rebuildProgress`
 * tells how far it has come. NOT_FOUND for the retriever; OUT_OF_RANGE for a version it does not have.
 */
export async function rebuildCounters(
  ports: RebuildPorts & Pick<Ports, 'catalog'>,
  command: RebuildCommand,
): Promise<RebuildProgress> {
  const retriever = await ports.catalog.retrieverById(command.namespace, command.retriever);
  if (retriever === null) throw refusal('NOT_FOUND', 'there is no such retriever', ['retriever']);
  const { creditVersion } = command;
  if (creditVersion !== null && !(creditVersion >= 1 && creditVersion <= retriever.latestVersion))
    refuseIfAny([
      {
        code: 'OUT_OF_RANGE',
        path: ['creditVersion'],
        message: `expected a version from 1 to ${retriever.latestVersion}, got ${creditVersion}`,
      },
    ]);
  const progress = await ports.counters.startRebuild(retriever.id, creditVersion ?? 0, ports.clock.now());
  scheduleRebuild(ports, retriever.id);
  return progress;
}

/** Goes on with rebuilds that a stop of the server has cut off. */
export async function resumeRebuilds(ports: RebuildPorts): Promise<void> {
  for (const retrieverId of await ports.counters.unfinishedRebuilds()) scheduleRebuild(ports, retrieverId);
}

function scheduleRebuild(ports: RebuildPorts, retrieverId: Uuid): void {
  ports.jobs.schedule(`rebuild ${retrieverId}`, async () => {
    if (await takeTurn(ports, retrieverId)) scheduleRebuild(ports, retrieverId);
  });
}

/** Some steps of a rebuild; true where there is more to do. */
async function takeTurn(ports: RebuildPorts, retrieverId: Uuid): Promise<boolean> {
  const until = ports.clock.monotonic() + TURN_MILLISECONDS;
  while (ports.clock.monotonic() < until) {
    const progress = await ports.counters.continueRebuild(retrieverId, ports.clock.now());
    if (progress?.state !== 'RUNNING') {
      ports.logger.info({ retriever: retrieverId, executions: progress?.done }, 'counters rebuilt');
      return false;
    }
  }
  return true;
}

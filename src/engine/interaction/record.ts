import { parseInteraction, type InteractionInput } from './parse-interaction.ts';
import { refuseIfAny, ReweighError, refusal, type Fault, type Path } from '../errors.ts';
import { uuidV7, type Uuid } from '../ids.ts';
import type { Interaction, InteractionDraft } from './interaction.ts';
import type { RecordOutcome } from './interaction-log.ts';
import type { Ports } from '../ports.ts';

export interface RecordCommand {
  readonly namespace: string;
  readonly interactions: readonly InteractionInput[];
}

/** What became of one interaction of a call. */
export type Recorded =
  | { readonly status: 'recorded' | 'repeated'; readonly interaction: Interaction }
  | { readonly status: 'refused'; readonly faults: readonly Fault[] };

type RecordPorts = Pick<Ports, 'interactions' | 'executions' | 'clock' | 'logger' | 'meter'>;

export const MAX_INTERACTIONS = 1_000;

/**
 * Records what users did, 1 to 1,000 interactions; each is refused or taken for itself, in the order given. When it
 * resolves, what was taken is durable and in the counters. What could not be written in time is refused as
 * STORE_UNAVAILABLE (retryable): it may have been written all the same, which a retry with an idempotency key finds.
 */
export async function recordInteractions(
  ports: RecordPorts,
  command: RecordCommand,
): Promise<readonly Recorded[]> {
  const { namespace, interactions } = command;
  if (interactions.length < 1 || interactions.length > MAX_INTERACTIONS)
    throw refusal(
      'OUT_OF_RANGE',
      `expected 1 to ${MAX_INTERACTIONS} interactions, got ${interactions.length}`,
      ['interactions'],
    );
  const now = ports.clock.now();
  const parsed = interactions.map((input, index) =>
    parseInteraction(input, { namespace, id: uuidV7(now), now }, ['interactions', index]),
  );
  const drafts = parsed.flatMap((result) => (result.ok ? [result.value] : []));
  await waitForOwnLog(ports, drafts);
  return Promise.all(
    parsed.map((result, index) =>
      result.ok
        ? recordAmongOthers(ports, result.value, ['interactions', index])
        : refuse(ports, result.faults),
    ),
  );
}

/** Records one interaction; its faults are thrown. */
export async function recordInteraction(
  ports: RecordPorts,
  command: { readonly namespace: string; readonly interaction: InteractionInput },
): Promise<Extract<Recorded, { readonly interaction: Interaction }>> {
  const { namespace, interaction } = command;
  const now = ports.clock.now();
  const parsed = parseInteraction(interaction, { namespace, id: uuidV7(now), now }, []);
  if (!parsed.ok) return throwFaults(refuse(ports, parsed.faults).faults);
  await waitForOwnLog(ports, [parsed.value]);
  const recorded = await recordOne(ports, parsed.value, []);
  return recorded.status === 'refused' ? throwFaults(recorded.faults) : recorded;
}

function refuse(
  ports: RecordPorts,
  faults: readonly Fault[],
): Extract<Recorded, { readonly status: 'refused' }> {
  ports.meter.interacted('REFUSED');
  return { status: 'refused', faults };
}

function throwFaults(faults: readonly Fault[]): never {
  refuseIfAny(faults);
  throw new ReweighError('INTERNAL', 'a refusal without faults');
}

/** Longest wait for the log of executions, in milliseconds; behind it an interaction is taken as PENDING. */
const OWN_LOG_MILLISECONDS = 2_000;

/** An execution that this instance has served and not yet written is written first: its hits can then be credited. */
async function waitForOwnLog(ports: RecordPorts, drafts: readonly InteractionDraft[]): Promise<void> {
  if (!drafts.some(({ target }) => ports.executions.isQueued(target.executionId))) return;
  const written = new AbortController();
  const enough = ports.clock.delay(OWN_LOG_MILLISECONDS, written.signal);
  await Promise.race([ports.executions.flush(), enough]);
  written.abort();
}

async function recordOne(ports: RecordPorts, draft: InteractionDraft, path: Path): Promise<Recorded> {
  const outcome = await recordCounted(ports, draft);
  if (outcome.status === 'refused')
    return refuse(ports, [{ ...outcome.fault, path: [...path, ...outcome.fault.path] }]);
  ports.meter.interacted(outcome.status === 'repeated' ? 'REPEATED' : outcome.interaction.state);
  return outcome;
}

async function recordCounted(ports: RecordPorts, draft: InteractionDraft): Promise<RecordOutcome> {
  try {
    return await ports.interactions.record(draft);
  } catch (error) {
    ports.meter.interacted('FAILED');
    throw error;
  }
}

/** A fault of writing one of many is that one's alone. */
async function recordAmongOthers(ports: RecordPorts, draft: InteractionDraft, path: Path): Promise<Recorded> {
  try {
    return await recordOne(ports, draft, path);
  } catch (error) {
    const known = error instanceof ReweighError ? error : null;
    if (known === null)
      ports.logger.error({ interaction: draft.id, fault: String(error) }, 'interaction not recorded');
    const message = known?.message ?? 'a fault of the server';
    return { status: 'refused', faults: [{ code: known?.code ?? 'INTERNAL', path, message }] };
  }
}

/** Deletes an interaction and takes its reward back. NOT_FOUND where it is not there. */
export async function deleteInteraction(
  ports: Pick<Ports, 'interactions'>,
  command: { readonly namespace: string; readonly id: Uuid },
): Promise<Interaction> {
  const deleted = await ports.interactions.delete(command.namespace, command.id);
  if (deleted === null) throw refusal('NOT_FOUND', 'there is no such interaction', ['id']);
  return deleted;
}

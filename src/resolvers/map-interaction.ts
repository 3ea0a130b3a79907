import { encodeGlobalId } from '../engine/ids.ts';
import { kindsOf } from '../engine/learning/reward.ts';
import { readBack } from './execution.ts';
import { toDocument } from './map-document.ts';
import type { DocumentType } from '../schema/document.ts';
import type { FaultType } from '../schema/document.ts';
import type { Fault } from '../engine/errors.ts';
import type { Interaction } from '../engine/interaction/interaction.ts';
import type { InteractionType, RecordResultType } from '../schema/interaction.ts';
import type { Recorded } from '../engine/interaction/record.ts';
import type { RequestContext } from '../context.ts';

/** An interaction as plain data; what costs a read waits until it is asked for. */
export function toInteraction(context: RequestContext, interaction: Interaction): InteractionType {
  const { executionId, rank, kinds, document, metadata, ...same } = interaction;
  return {
    id: encodeGlobalId({ type: 'Interaction', id: interaction.id }),
    execution: async () => {
      const record = await context.ports.executions.find(interaction.namespace, executionId);
      return record === null ? null : readBack(context, record);
    },
    hit: rank === null ? null : encodeGlobalId({ type: 'Hit', id: executionId, rank }),
    position: rank,
    documentId: document?.documentId ?? null,
    document: () => readDocument(context, interaction),
    kinds: kindsOf(kinds),
    user: same.user,
    session: same.session,
    occurredAt: same.occurredAt,
    receivedAt: same.receivedAt,
    metadata: metadata === null ? null : (JSON.parse(metadata) as unknown),
    idempotencyKey: same.idempotencyKey,
    state: same.state,
    reason: same.reason,
  };
}

async function readDocument(
  context: RequestContext,
  { document }: Interaction,
): Promise<DocumentType | null> {
  if (document?.collectionId == null) return null;
  const key = { collection: document.collectionId, id: document.documentId };
  const found = await context.loaders.document.load(key);
  return found === null ? null : toDocument(context, found.collection, found.document);
}

const STATUSES = { recorded: 'RECORDED', repeated: 'REPEATED', refused: 'REFUSED' } as const;

export function toRecordResult(context: RequestContext, recorded: Recorded, index: number): RecordResultType {
  const status = STATUSES[recorded.status];
  return recorded.status === 'refused'
    ? { index, status, interaction: null, faults: recorded.faults.map(toFault) }
    : { index, status, interaction: toInteraction(context, recorded.interaction), faults: [] };
}

const toFault = ({ code, path, message }: Fault): FaultType => ({ code, path: path.map(String), message });

import { faultOfId } from '../ids.ts';
import { refuseIfAny } from '../errors.ts';
import { checkCount } from './index-documents.ts';
import { requireCollection } from '../retriever/plan.ts';
import { requireManaged } from './require-managed.ts';
import type { Ports } from '../ports.ts';

export interface DeleteDocumentsCommand {
  readonly namespace: string;
  readonly collection: string;
  /** 1 to 5,000. */
  readonly ids: readonly string[];
}

export interface DeleteOutcome {
  readonly id: string;
  /** False where there was no such document. */
  readonly deleted: boolean;
}

/** Removes documents by id; one outcome per distinct id, in order. NOT_FOUND; READ_ONLY; INVALID_ID; OUT_OF_RANGE. */
export async function deleteDocuments(
  ports: Pick<Ports, 'catalog' | 'backend'>,
  command: DeleteDocumentsCommand,
): Promise<readonly DeleteOutcome[]> {
  checkCount(command.ids.length, 'ids');
  refuseIfAny(
    command.ids.flatMap((id, index) => {
      const message = faultOfId(id);
      return message === null ? [] : [{ code: 'INVALID_ID' as const, path: ['ids', index], message }];
    }),
  );
  const collection = await requireCollection(ports, command.namespace, command.collection);
  requireManaged(collection);
  const ids = [...new Set(command.ids)];
  const deleted = await ports.backend.delete(collection, ids);
  return ids.map((id, index) => ({ id, deleted: deleted[index] ?? false }));
}

import { faultOfId } from '../ids.ts';
import { refuseIfAny, type Fault } from '../errors.ts';
import { requireRetriever } from '../retriever/plan.ts';
import type { ExecutionRecord } from './record.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { Ports } from '../ports.ts';

export interface ListExecutionsCommand {
  readonly namespace: string;
  /** Name of a retriever; null: of all. */
  readonly retriever: string | null;
  readonly user: string | null;
  readonly session: string | null;
  /** Served at or after. */
  readonly since: Date | null;
  /** Served before. */
  readonly until: Date | null;
  readonly page: PageRequest;
}

/**
 * A page of logged executions, newest first; the cursor key is the execution's id. NOT_FOUND for the retriever;
 * INVALID_ID for a user or session that cannot be one.
 */
export async function listExecutions(
  ports: Pick<Ports, 'catalog' | 'executions'>,
  { namespace, retriever: name, page, ...filter }: ListExecutionsCommand,
): Promise<Page<ExecutionRecord>> {
  refuseIfAny(
    (['user', 'session'] as const).flatMap((owner): readonly Fault[] => {
      const id = filter[owner];
      const fault = id === null ? null : faultOfId(id);
      return fault === null ? [] : [{ code: 'INVALID_ID', path: [owner], message: fault }];
    }),
  );
  const retriever = name === null ? null : await requireRetriever(ports, namespace, name);
  return ports.executions.list(namespace, { ...filter, retrieverId: retriever?.id ?? null }, page);
}

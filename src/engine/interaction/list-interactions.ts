import { faultOfId, type Uuid } from '../ids.ts';
import { refuseIfAny, type Fault } from '../errors.ts';
import { kindMask, type InteractionKind } from '../learning/reward.ts';
import type { Interaction, InteractionState } from './interaction.ts';
import type { InteractionOrder } from './interaction-log.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { Ports } from '../ports.ts';

export interface ListInteractionsCommand {
  readonly namespace: string;
  readonly order: InteractionOrder;
  /** Name of the retriever. */
  readonly retriever: string | null;
  readonly execution: Uuid | null;
  readonly documentId: string | null;
  readonly kinds: readonly InteractionKind[] | null;
  readonly user: string | null;
  readonly session: string | null;
  readonly state: InteractionState | null;
  readonly since: Date | null;
  readonly until: Date | null;
  readonly page: PageRequest;
}

/** A page of the log of interactions. An unknown retriever has none. INVALID_ID for ids that cannot be any. */
export async function listInteractions(
  ports: Pick<Ports, 'interactions' | 'catalog'>,
  command: ListInteractionsCommand,
): Promise<Page<Interaction>> {
  const { namespace, order, page } = command;
  refuseIfAny(
    (['documentId', 'user', 'session'] as const).flatMap((name): readonly Fault[] => {
      const id = command[name];
      const fault = id === null ? null : faultOfId(id);
      return fault === null ? [] : [{ code: 'INVALID_ID', path: [name], message: fault }];
    }),
  );
  const retriever =
    command.retriever === null ? null : await ports.catalog.retrieverByName(namespace, command.retriever);
  if (command.retriever !== null && retriever === null)
    return { rows: [], hasNextPage: false, total: page.count ? 0 : null };
  const filter = {
    retrieverId: retriever?.id ?? null,
    executionId: command.execution,
    user: command.user,
    session: command.session,
    document: command.documentId,
    kinds: kindMask(command.kinds ?? []),
    state: command.state,
    since: command.since,
    until: command.until,
  };
  return ports.interactions.list(namespace, { filter, order }, page);
}

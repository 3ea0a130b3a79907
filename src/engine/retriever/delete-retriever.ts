import { requireRetriever } from './plan.ts';
import type { Ports } from '../ports.ts';
import type { Retriever } from './retriever.ts';

export interface DeleteRetrieverCommand {
  readonly namespace: string;
  readonly retriever: string;
}

/** Removes a retriever with all its versions; its executions stay in the log. NOT_FOUND. */
export async function deleteRetriever(
  ports: Pick<Ports, 'catalog'>,
  { namespace, retriever: name }: DeleteRetrieverCommand,
): Promise<Retriever> {
  const retriever = await requireRetriever(ports, namespace, name);
  await ports.catalog.deleteRetriever(namespace, retriever.id);
  return retriever;
}

import { faultsOfName, insertRetriever, type VersionedRetriever } from './create-retriever.ts';
import { refuseIfAny } from '../errors.ts';
import { requireRetriever, requireVersion } from './plan.ts';
import type { Ports } from '../ports.ts';

export interface CloneRetrieverCommand {
  readonly namespace: string;
  readonly retriever: string;
  /** Null: the latest. */
  readonly version: number | null;
  /** Name of the clone. */
  readonly name: string;
}

/** Makes a new retriever from a version of another; what that one has learned stays with it. NOT_FOUND; NAME_TAKEN. */
export async function cloneRetriever(
  ports: Pick<Ports, 'catalog' | 'clock'>,
  { namespace, retriever: origin, version: number, name }: CloneRetrieverCommand,
): Promise<VersionedRetriever> {
  refuseIfAny(faultsOfName(name));
  const retriever = await requireRetriever(ports, namespace, origin);
  const { version, spec } = await requireVersion(ports, retriever, number);
  return insertRetriever(ports, {
    namespace,
    name,
    spec,
    clonedFrom: { retrieverId: retriever.id, version },
  });
}

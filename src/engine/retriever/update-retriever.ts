import { ReweighError } from '../errors.ts';
import { readSpec, type VersionedRetriever } from './create-retriever.ts';
import { requireParsed } from '../parsed.ts';
import { requireRetriever } from './plan.ts';
import type { Ports } from '../ports.ts';
import type { RetrieverSpecInput } from './spec-input.ts';
import type { RetrieverVersion } from './retriever.ts';

export interface UpdateRetrieverCommand {
  readonly namespace: string;
  readonly retriever: string;
  /** The version the update is based on: the latest the caller has seen. */
  readonly expectedVersion: number;
  readonly spec: RetrieverSpecInput;
}

/**
 * Appends a version, which becomes the latest; the versions before it stay as they are. Bad input with all its faults;
 * NOT_FOUND; VERSION_CONFLICT where `expectedVersion` is not the latest any more.
 */
export async function updateRetriever(
  ports: Pick<Ports, 'catalog' | 'clock'>,
  command: UpdateRetrieverCommand,
): Promise<VersionedRetriever> {
  const { namespace, expectedVersion } = command;
  const retriever = await requireRetriever(ports, namespace, command.retriever);
  if (retriever.latestVersion !== expectedVersion) throw conflict(expectedVersion, retriever.latestVersion);
  const spec = requireParsed(await readSpec(ports, namespace, command.spec));
  const version: RetrieverVersion = {
    retrieverId: retriever.id,
    version: expectedVersion + 1,
    spec,
    createdAt: ports.clock.now(),
  };
  if (await ports.catalog.appendVersion(version))
    return { retriever: { ...retriever, latestVersion: version.version }, version };
  const now = await requireRetriever(ports, namespace, command.retriever);
  throw conflict(expectedVersion, now.latestVersion);
}

function conflict(expectedVersion: number, latestVersion: number): ReweighError {
  const message = `expected version ${expectedVersion} to be the latest, it is ${latestVersion}`;
  return new ReweighError('VERSION_CONFLICT', message, { expectedVersion, latestVersion }, [
    { code: 'VERSION_CONFLICT', path: ['expectedVersion'], message },
  ]);
}

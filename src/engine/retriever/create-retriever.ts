import { NAME, NAME_RULE } from '../collection/parse-collection.ts';
import { parsedUnless, requireParsed, type Parsed } from '../parsed.ts';
import { knownCollections } from './known-collections.ts';
import { parseSpec } from './parse-spec.ts';
import { refusal, type Fault } from '../errors.ts';
import { uuidV7 } from '../ids.ts';
import type { Ports } from '../ports.ts';
import type { Retriever, RetrieverSpec, RetrieverVersion } from './retriever.ts';
import type { RetrieverSpecInput } from './spec-input.ts';

type CatalogPorts = Pick<Ports, 'catalog' | 'clock'>;

export interface CreateRetrieverCommand {
  readonly namespace: string;
  readonly name: string;
  readonly spec: RetrieverSpecInput;
}

/** A retriever with one of its versions. */
export interface VersionedRetriever {
  readonly retriever: Retriever;
  readonly version: RetrieverVersion;
}

/** Stores a recipe as version 1 of a new retriever. Bad input with all its faults; NAME_TAKEN. */
export async function createRetriever(
  ports: CatalogPorts,
  command: CreateRetrieverCommand,
): Promise<VersionedRetriever> {
  const { namespace, name } = command;
  const spec = await readSpec(ports, namespace, command.spec);
  const faults = [...faultsOfName(name), ...(spec.ok ? [] : spec.faults)];
  const parsed = requireParsed(parsedUnless(faults, () => requireParsed(spec)));
  return insertRetriever(ports, { namespace, name, spec: parsed, clonedFrom: null });
}

/** Reads a recipe against the collections it names; the paths of its faults begin with `spec`. */
export async function readSpec(
  ports: Pick<Ports, 'catalog'>,
  namespace: string,
  input: RetrieverSpecInput,
): Promise<Parsed<RetrieverSpec>> {
  const parsed = parseSpec(input, await knownCollections(ports, namespace, input.collections));
  if (parsed.ok) return parsed;
  return { ok: false, faults: parsed.faults.map((fault) => ({ ...fault, path: ['spec', ...fault.path] })) };
}

export function faultsOfName(name: string): readonly Fault[] {
  return NAME.test(name) ? [] : [{ code: 'INVALID_VALUE', path: ['name'], message: NAME_RULE }];
}

/** Inserts a retriever with its first version. NAME_TAKEN. */
export async function insertRetriever(
  ports: CatalogPorts,
  made: Pick<Retriever, 'namespace' | 'name' | 'clonedFrom'> & { readonly spec: RetrieverSpec },
): Promise<VersionedRetriever> {
  const createdAt = ports.clock.now();
  const { namespace, name, clonedFrom, spec } = made;
  const retriever: Retriever = {
    id: uuidV7(createdAt),
    namespace,
    name,
    latestVersion: 1,
    clonedFrom,
    createdAt,
  };
  const version: RetrieverVersion = { retrieverId: retriever.id, version: 1, spec, createdAt };
  if (!(await ports.catalog.insertRetriever(retriever, version)))
    throw refusal('NAME_TAKEN', `there is a retriever named ${name} already`, ['name']);
  return { retriever, version };
}

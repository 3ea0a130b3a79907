import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { graphql, type GraphQLFormattedError } from 'graphql';
import { DEFAULT_NAMESPACE, createContext, type RequestMethod } from '../../src/context.ts';
import { buildReweighSchema } from '../../src/schema/build-schema.ts';
import { compose } from '../../src/compose.ts';
import { presentError } from '../../src/schema/errors.ts';
import { readConfig } from '../../src/config.ts';
import { PATIENT } from './process.ts';
import type { Fault } from '../../src/engine/errors.ts';
import type { Logger, Ports } from '../../src/engine/ports.ts';

type Variables = Readonly<Record<string, unknown>>;

export interface RequestOptions {
  readonly namespace?: string;
  readonly method?: RequestMethod;
  /** Aborts when the caller gives up. */
  readonly signal?: AbortSignal;
  /** Adapters to put in place of the composed ones. */
  readonly ports?: Partial<Ports>;
}

/** A refusal as a client gets it. */
export interface Refusal {
  readonly message: string;
  readonly code: string;
  readonly retryable: boolean;
  /** `CODE at path` of every fault. */
  readonly faults: readonly string[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** The schema on the adapters of an embedded server, without a transport. */
export interface Api {
  readonly ports: Ports;
  /** The data of an answer without errors. */
  ask<Data>(source: string, variables?: Variables, options?: RequestOptions): Promise<Data>;
  /** The only error of an answer. */
  refused(source: string, variables?: Variables, options?: RequestOptions): Promise<Refusal>;
  close(): Promise<void>;
}

export const SILENT: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Opens the adapters of an environment, embedded where it says nothing, in a folder of their own. */
export async function openApi(environment: Readonly<Record<string, string>> = {}): Promise<Api> {
  const folder = await mkdtemp(join(tmpdir(), 'reweigh-api-'));
  const composition = await compose(readConfig({ ...PATIENT, ...environment, DATA_DIR: folder }), SILENT);
  const { ports } = composition;
  const run = async (
    source: string,
    variables: Variables = {},
    options: RequestOptions = {},
  ): Promise<{ readonly data: unknown; readonly errors: readonly GraphQLFormattedError[] }> => {
    const contextValue = createContext(
      { ...ports, ...options.ports },
      {
        requestId: 'request-1',
        method: options.method ?? 'POST',
        viewer: { namespace: options.namespace ?? DEFAULT_NAMESPACE },
        signal: options.signal ?? new AbortController().signal,
      },
    );
    const result = await graphql({
      schema: buildReweighSchema(),
      source,
      variableValues: variables,
      contextValue,
    });
    const errors = (result.errors ?? []).map((error) => presentError(error.toJSON(), error, 'request-1'));
    return { data: JSON.parse(JSON.stringify(result.data ?? null)) as unknown, errors };
  };
  return {
    ports,
    ask: async <Data>(source: string, variables?: Variables, options?: RequestOptions) => {
      const { data, errors } = await run(source, variables, options);
      if (errors.length > 0) throw new Error(JSON.stringify(errors, null, 1));
      return data as Data;
    },
    refused: async (source, variables, options) => {
      const { errors } = await run(source, variables, options);
      if (errors.length !== 1) throw new Error(`expected one error, got ${JSON.stringify(errors)}`);
      return toRefusal(errors[0]!);
    },
    close: async () => {
      await composition.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function toRefusal({ message, extensions = {} }: GraphQLFormattedError): Refusal {
  const faults = (extensions['faults'] ?? []) as readonly Fault[];
  return {
    message,
    code: String(extensions['code']),
    retryable: extensions['retryable'] === true,
    faults: faults.map(({ code, path }) => `${code} at ${path.join('.')}`),
    extensions,
  };
}

import {
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import { sha256 } from '../engine/ids.ts';
import { compileCost, type OperationCost } from './cost.ts';
import { requestError } from './refuse-request.ts';
import { faultsOfStructure } from './structure.ts';
import type { DocumentLimits } from './limits.ts';

/** A document that may be run. */
export interface ReadyDocument {
  readonly document: DocumentNode;
  /** SHA-256 of its text, in hexadecimal. */
  readonly hash: string;
  /** The cost function of an operation by name; null: the only one. */
  readonly cost: (operation: string | null) => OperationCost;
}

export type ReadDocument =
  | { readonly ok: true; readonly ready: ReadyDocument }
  | { readonly ok: false; readonly errors: readonly GraphQLError[] };

/** Reads documents for both transports: the same parser, rules and limits, and one memory of what was read. */
export interface Documents {
  /** Parses, measures and validates. Refusals carry a code of the catalogue. */
  read(text: string): ReadDocument;
  /** A document read a moment ago, by the hash of its text; undefined where it is no longer remembered. */
  byHash(hash: string): ReadyDocument | undefined;
}

export interface DocumentRules {
  readonly limits: DocumentLimits;
  readonly introspection: boolean;
}

/** Most documents kept, and most characters of them together. */
const KEPT = 500;
const KEPT_CHARACTERS = 2_000_000;
const MAX_ERRORS = 5;
/** graphql-js quotes the value at fault, however long it is. */
const LONGEST_MESSAGE = 500;

/** Documents against one schema. Accepted ones are remembered by their text, least recently used out first. */
export function createDocuments(schema: GraphQLSchema, rules: DocumentRules): Documents {
  const byText = new Map<string, ReadyDocument>();
  const byHash = new Map<string, ReadyDocument>();
  let characters = 0;
  const forgetOldest = (): void => {
    for (const [text, { hash }] of byText) {
      if (byText.size <= KEPT && characters <= KEPT_CHARACTERS) return;
      byText.delete(text);
      byHash.delete(hash);
      characters -= text.length;
    }
  };
  return {
    byHash: (hash) => byHash.get(hash),
    read: (text) => {
      const known = byText.get(text);
      if (known !== undefined) {
        byText.delete(text);
        byText.set(text, known);
        return { ok: true, ready: known };
      }
      const read = readAnew(schema, rules, text);
      if (!read.ok) return read;
      byText.set(text, read.ready);
      byHash.set(read.ready.hash, read.ready);
      characters += text.length;
      forgetOldest();
      return read;
    },
  };
}

function readAnew(schema: GraphQLSchema, rules: DocumentRules, text: string): ReadDocument {
  const { limits } = rules;
  const bytes = Buffer.byteLength(text, 'utf8');
  if (bytes > limits.MAX_DOCUMENT_BYTES)
    return refused(
      requestError('DOCUMENT_TOO_LARGE', `expected at most ${limits.MAX_DOCUMENT_BYTES} bytes, got ${bytes}`),
    );
  try {
    const document = parse(text, { maxTokens: limits.MAX_TOKENS });
    const faults = faultsOfStructure(document, limits);
    if (faults.length > 0) return { ok: false, errors: faults };
    const errors = validateDocument(schema, rules, document);
    if (errors.length > 0) return { ok: false, errors };
    return { ok: true, ready: { document, hash: sha256(text), cost: compileCost(schema, document) } };
  } catch (error) {
    return refused(parseRefusal(error, limits));
  }
}

function parseRefusal(error: unknown, limits: DocumentLimits): GraphQLError {
  if (error instanceof RangeError)
    return requestError('TOO_DEEP', 'the document is nested too deep to be read');
  if (!(error instanceof GraphQLError)) throw error;
  if (/tokens\. Parsing aborted/.test(error.message))
    return requestError('TOO_MANY_TOKENS', `expected at most ${limits.MAX_TOKENS} tokens in the document`);
  return withCode(error, 'GRAPHQL_PARSE_FAILED');
}

function validateDocument(
  schema: GraphQLSchema,
  rules: DocumentRules,
  document: DocumentNode,
): readonly GraphQLError[] {
  const all = rules.introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const options = { maxErrors: MAX_ERRORS, hideSuggestions: !rules.introspection };
  return validate(schema, document, all, options).map((error) =>
    error.message.startsWith('GraphQL introspection has been disabled')
      ? requestError('INTROSPECTION_CLOSED', 'this server does not tell its schema over the API')
      : withCode(error, 'GRAPHQL_VALIDATION_FAILED'),
  );
}

function withCode(
  error: GraphQLError,
  code: 'GRAPHQL_PARSE_FAILED' | 'GRAPHQL_VALIDATION_FAILED',
): GraphQLError {
  const { nodes, source, positions } = error;
  return new GraphQLError(error.message.slice(0, LONGEST_MESSAGE), {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    extensions: { code, retryable: false, http: { status: 400 } },
  });
}

function refused(error: GraphQLError): ReadDocument {
  return { ok: false, errors: [error] };
}

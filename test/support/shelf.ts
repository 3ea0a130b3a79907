import { addFeature, addRetriever, MUTATIONS } from './library.ts';
import { execute } from '../../src/engine/retriever/execute.ts';
import type { Api } from './api.ts';
import type { ExecuteCommand } from '../../src/engine/execution/read-request.ts';
import type { ExecutionRecord } from '../../src/engine/execution/record.ts';
import type { GivenInput } from '../../src/engine/retriever/inputs.ts';

/** Two features with ready vectors of four numbers. */
export const LEFT = 'embed://hand@1/left';
export const RIGHT = 'embed://hand@1/right';
export const DIMS = 4;

export interface Item {
  readonly id: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Null: the document lacks the feature. */
  readonly left: readonly number[] | null;
  readonly right: readonly number[] | null;
}

const FIELDS = [
  { name: 'team', type: 'KEYWORD' },
  { name: 'level', type: 'NUMBER' },
  { name: 'open', type: 'BOOLEAN' },
  { name: 'tags', type: 'KEYWORD', many: true },
  { name: 'note', type: 'TEXT' },
];

/** Creates a collection of these items; `features` are those of the two it has. */
export async function addShelf(
  api: Api,
  name: string,
  items: readonly Item[],
  features: readonly string[] = [LEFT, RIGHT],
): Promise<void> {
  await api.ask(MUTATIONS.collection, { input: { name, fields: FIELDS } });
  for (const uri of features)
    await addFeature(api, { collection: name, uri, field: uri === LEFT ? 'left' : 'right', dims: DIMS });
  const documents = items.map(({ id, fields, left, right }) => ({
    id,
    fields,
    vectors: [
      { feature: LEFT, vector: left },
      { feature: RIGHT, vector: right },
    ].filter(({ feature }) => features.includes(feature)),
  }));
  const { indexDocuments } = await api.ask<{ readonly indexDocuments: { readonly indexed: number } }>(
    MUTATIONS.documents,
    { input: { collection: name, documents } },
  );
  if (indexDocuments.indexed !== items.length) throw new Error('some items were refused');
}

/** A recipe over both features, each searched with a vector of its own; nothing is drawn. */
export const SHELF_SPEC = {
  inputs: [
    { name: 'left', type: 'VECTOR' },
    { name: 'right', type: 'VECTOR' },
  ],
  searches: [
    { feature: LEFT, input: '{{INPUT.left}}', onEmpty: 'SKIP' },
    { feature: RIGHT, input: '{{INPUT.right}}', onEmpty: 'SKIP' },
  ],
  fusion: { strategy: 'WEIGHTED', normalization: 'SIMILARITY' },
} as const;

export const vectorInput = (name: string, vector: readonly number[]): GivenInput => ({
  name,
  value: Float32Array.from(vector),
});

/** The record of an execution that leaves no trace; all further candidates up to 1,000 are in it. */
export async function runShelf(
  api: Api,
  retriever: string,
  inputs: readonly GivenInput[],
  over: Partial<ExecuteCommand> = {},
): Promise<ExecutionRecord> {
  const settings = { ...api.ports.settings, recordDepth: 1_000, recordShare: 1 };
  const command: ExecuteCommand = {
    namespace: 'default',
    retriever,
    version: null,
    inputs,
    user: null,
    session: null,
    first: 100,
    executionKey: null,
    learn: false,
    ...over,
  };
  return (await execute({ ...api.ports, settings }, command)).record;
}

export const addShelfRetriever = (
  api: Api,
  name: string,
  over: Readonly<Record<string, unknown>>,
): Promise<void> => addRetriever(api, name, { ...SHELF_SPEC, collections: ['shelf'], ...over });

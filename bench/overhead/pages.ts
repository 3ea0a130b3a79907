import type { Body } from './protocol.ts';

/** What a result page shows. */
const SHORT = `
  id
  hits {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes { id rank score documentId document { fields(names: ["title", "makers", "category"]) } }
  }`;

/** The same, with how every score came about: 560 values more. */
const EXPLAINED = `
  ${SHORT}
  weights { feature weight }
  hits { nodes { contributions { feature rank rawScore normalizedScore weight contribution share } } }`;

export const SHAPES = { short: SHORT, explained: EXPLAINED } as const;
export type Shape = keyof typeof SHAPES;

/** Runs the demo's retriever for 20 hits. */
export function executeBody(shape: Shape, text: string): Body {
  return {
    query: `query ($text: String!) {
      execute(retriever: "demo", first: 20, inputs: [{ name: "query", text: $text }]) {${SHAPES[shape]}} }`,
    variables: { text },
  };
}

/** Reads an execution back, 20 hits of it. */
export function readBody(shape: Shape, id: string): Body {
  return {
    query: `query ($id: ID!) { execution(id: $id, first: 20) {${SHAPES[shape]}} }`,
    variables: { id },
  };
}

/** The least that any server answers. */
export const CONSTANT: Body = { query: '{ __typename }' };

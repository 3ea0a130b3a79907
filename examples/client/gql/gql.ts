import * as types from './graphql.ts';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
  '\n  query Search($inputs: [GivenInput!]!, $session: String) {\n    execute(retriever: "demo", inputs: $inputs, session: $session, first: 10) {\n      id\n      level\n      reason\n      weights {\n        feature\n        weight\n      }\n      hits {\n        nodes {\n          id\n          rank\n          score\n          documentId\n          document {\n            fields(names: ["title", "description", "makers"])\n          }\n          contributions {\n            feature\n            share\n          }\n        }\n      }\n    }\n  }\n': typeof types.SearchDocument;
  '\n  mutation ReportClick($hit: ID!) {\n    recordInteraction(input: { hit: $hit, kinds: [CLICK] }) {\n      interaction {\n        id\n        state\n      }\n      userErrors {\n        code\n        message\n      }\n    }\n  }\n': typeof types.ReportClickDocument;
};
const documents: Documents = {
  '\n  query Search($inputs: [GivenInput!]!, $session: String) {\n    execute(retriever: "demo", inputs: $inputs, session: $session, first: 10) {\n      id\n      level\n      reason\n      weights {\n        feature\n        weight\n      }\n      hits {\n        nodes {\n          id\n          rank\n          score\n          documentId\n          document {\n            fields(names: ["title", "description", "makers"])\n          }\n          contributions {\n            feature\n            share\n          }\n        }\n      }\n    }\n  }\n':
    types.SearchDocument,
  '\n  mutation ReportClick($hit: ID!) {\n    recordInteraction(input: { hit: $hit, kinds: [CLICK] }) {\n      interaction {\n        id\n        state\n      }\n      userErrors {\n        code\n        message\n      }\n    }\n  }\n':
    types.ReportClickDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(
  source: '\n  query Search($inputs: [GivenInput!]!, $session: String) {\n    execute(retriever: "demo", inputs: $inputs, session: $session, first: 10) {\n      id\n      level\n      reason\n      weights {\n        feature\n        weight\n      }\n      hits {\n        nodes {\n          id\n          rank\n          score\n          documentId\n          document {\n            fields(names: ["title", "description", "makers"])\n          }\n          contributions {\n            feature\n            share\n          }\n        }\n      }\n    }\n  }\n',
): typeof types.SearchDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(
  source: '\n  mutation ReportClick($hit: ID!) {\n    recordInteraction(input: { hit: $hit, kinds: [CLICK] }) {\n      interaction {\n        id\n        state\n      }\n      userErrors {\n        code\n        message\n      }\n    }\n  }\n',
): typeof types.ReportClickDocument;

export function graphql(source: string) {
  return (documents as Record<string, unknown>)[source] ?? {};
}

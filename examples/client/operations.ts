import { graphql } from './gql/index.ts';

export const COLLECTIONS = graphql(`
  query Collections($first: Int!) {
    collections(first: $first) {
      nodes {
        id
        name
        createdAt
        documentCount
      }
    }
  }
`);

import { graphql } from './gql/index.ts';

/** Searches the demo library; an answer shows how each hit came about and what it was served with. */
export const SEARCH = graphql(`
  query Search($inputs: [GivenInput!]!, $session: String) {
    execute(retriever: "demo", inputs: $inputs, session: $session, first: 10) {
      id
      level
      reason
      weights {
        feature
        weight
      }
      hits {
        nodes {
          id
          rank
          score
          documentId
          document {
            fields(names: ["title", "description", "makers"])
          }
          contributions {
            feature
            share
          }
        }
      }
    }
  }
`);

/** Says that a user clicked a hit. The hit's id is all the server needs: it knows the rest from its record. */
export const REPORT_CLICK = graphql(`
  mutation ReportClick($hit: ID!) {
    recordInteraction(input: { hit: $hit, kinds: [CLICK] }) {
      interaction {
        id
        state
      }
      userErrors {
        code
        message
      }
    }
  }
`);

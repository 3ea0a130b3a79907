/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> =
  T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Whose evidence weights rest on. */
export type ContextLevel =
  /** Everybody’s. */
  | 'GLOBAL'
  /** Nobody’s: the prior. */
  | 'PRIOR'
  /** That of the segment. */
  | 'SEGMENT'
  /** That of the session. */
  | 'SESSION'
  /** That of the user. */
  | 'USER';

/** A stored document that is searched with. */
export type GivenDocument = {
  /** Name of its collection: one that the retriever searches. */
  collection: string;
  /** Its id in the collection. */
  id: string | number;
};

/** A value for a declared input: its name and exactly one of the others. */
export type GivenInput = {
  /** Value of a BOOLEAN input. */
  boolean?: boolean | null | undefined;
  /** Value of a DOCUMENT input: more like this one. It is not among the hits. */
  document?: GivenDocument | null | undefined;
  /** Name of the input. */
  name: string;
  /** Value of a NUMBER input. */
  number?: number | null | undefined;
  /** Value of a NUMBERS input. */
  numbers?: Array<number> | null | undefined;
  /** Value of a TEXT input. */
  text?: string | null | undefined;
  /** Value of a TEXTS input. */
  texts?: Array<string> | null | undefined;
  /** Value of a VECTOR input. */
  vector?: string | readonly number[] | null | undefined;
};

/** Whether an interaction counts. */
export type InteractionState =
  /** Its kinds are in the set that its hit is rewarded for. */
  | 'CREDITED'
  /** Its execution has not been stored yet; it counts as soon as it is. */
  | 'PENDING'
  /** It is kept, and earns nothing. */
  | 'UNCREDITED';

/** Why a mutation was refused. */
export type UserErrorCode =
  /** Such work is under way already. */
  | 'ALREADY_RUNNING'
  /** What is reported of a hit is not what the record of its execution says. */
  | 'CONTRADICTS_RECORD'
  /** The idempotency key was used before for an interaction with other content. */
  | 'IDEMPOTENCY_CONFLICT'
  /** Something else still depends on it. */
  | 'IN_USE'
  /** The name is in use. */
  | 'NAME_TAKEN'
  /** What it names does not exist. */
  | 'NOT_FOUND'
  /** The search backend cannot do this. */
  | 'NOT_SUPPORTED'
  /** The collection is attached to an index that is only read. */
  | 'READ_ONLY'
  /** There are not enough documents for this measurement. */
  | 'TOO_FEW_DOCUMENTS'
  /** The retriever has changed since the version the update is based on. */
  | 'VERSION_CONFLICT';

export type SearchQueryVariables = Exact<{
  inputs: Array<GivenInput> | GivenInput;
  session?: string | null | undefined;
}>;

export type SearchQuery = {
  execute: {
    id: string;
    level: ContextLevel;
    reason: string;
    weights: Array<{ feature: string; weight: number }>;
    hits: {
      nodes: Array<{
        id: string;
        rank: number;
        score: number;
        documentId: string;
        document: { fields: unknown } | null;
        contributions: Array<{ feature: string; share: number | null }>;
      }>;
    };
  };
};

export type ReportClickMutationVariables = Exact<{
  hit: string | number;
}>;

export type ReportClickMutation = {
  recordInteraction: {
    interaction: { id: string; state: InteractionState } | null;
    userErrors: Array<
      | { code: UserErrorCode; message: string }
      | { code: UserErrorCode; message: string }
      | { code: UserErrorCode; message: string }
      | { code: UserErrorCode; message: string }
      | { code: UserErrorCode; message: string }
      | { code: UserErrorCode; message: string }
      | { code: UserErrorCode; message: string }
      | { code: UserErrorCode; message: string }
      | { code: UserErrorCode; message: string }
      | { code: UserErrorCode; message: string }
    >;
  };
};

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, unknown> | undefined;

  constructor(value: string, __meta__?: Record<string, unknown> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const SearchDocument = new TypedDocumentString(`
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
    `) as unknown as TypedDocumentString<SearchQuery, SearchQueryVariables>;
export const ReportClickDocument = new TypedDocumentString(`
    mutation ReportClick($hit: ID!) {
  recordInteraction(input: {hit: $hit, kinds: [CLICK]}) {
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
    `) as unknown as TypedDocumentString<ReportClickMutation, ReportClickMutationVariables>;

import type { FilterInput } from './parse-filter.ts';
import type { FusionStrategy, MissingRule, Normalization, OnEmpty, StaticStrategy } from './retriever.ts';
import type { InputDeclarationInput } from './inputs.ts';
import type { LearningInput } from './parse-learning.ts';

type Maybe<T> = T | null | undefined;

export interface SearchInputSpec {
  readonly feature: string;
  readonly input: string;
  readonly topK?: Maybe<number>;
  readonly numCandidates?: Maybe<number>;
  readonly oversample?: Maybe<number>;
  readonly minScore?: Maybe<number>;
  readonly weight?: Maybe<number>;
  readonly filter?: Maybe<FilterInput>;
  readonly onEmpty?: Maybe<OnEmpty>;
}

export interface FusionInputSpec {
  readonly strategy?: Maybe<FusionStrategy>;
  readonly rrfK?: Maybe<number>;
  readonly normalization?: Maybe<Normalization>;
  readonly missing?: Maybe<MissingRule>;
  readonly staticArm?: Maybe<StaticStrategy>;
}

export interface GroupByInputSpec {
  readonly field: string;
  readonly limit?: Maybe<number>;
}

/** A recipe as it is given, before any check. */
export interface RetrieverSpecInput {
  readonly collections: readonly string[];
  readonly inputs?: Maybe<readonly InputDeclarationInput[]>;
  readonly searches: readonly SearchInputSpec[];
  readonly fusion?: Maybe<FusionInputSpec>;
  readonly learning?: Maybe<LearningInput>;
  readonly filter?: Maybe<FilterInput>;
  readonly finalTopK?: Maybe<number>;
  readonly groupBy?: Maybe<GroupByInputSpec>;
  readonly description?: Maybe<string>;
}

import { registerEnumType } from 'type-graphql';
import type { DegradationCode, Assignment, Level, NoticeCode } from '../engine/execution/record.ts';
import type { Credit, Pooling, Posterior } from '../engine/retriever/learning-spec.ts';
import type { SearchMethod } from '../engine/search/search-backend.ts';
import type { EmbedderKind, FieldType, Similarity } from '../engine/collection/collection.ts';
import type { InteractionKind, RewardMapMode } from '../engine/learning/reward.ts';
import type {
  FusionStrategy,
  InputRole,
  InputType,
  MissingRule,
  Normalization,
  OnEmpty,
  StaticStrategy,
} from '../engine/retriever/retriever.ts';

/** An enum of the schema from its values and what each means; a value without a meaning does not compile. */
export function describedEnum<Value extends string>(
  name: string,
  description: string,
  meanings: Readonly<Record<Value, string>>,
): Readonly<Record<Value, Value>> {
  const values = Object.keys(meanings) as Value[];
  const enumObject = Object.fromEntries(values.map((value) => [value, value])) as Record<Value, Value>;
  const valuesConfig = Object.fromEntries(
    values.map((value) => [value, { description: meanings[value] }]),
  ) as Record<Value, { description: string }>;
  registerEnumType(enumObject, { name, description, valuesConfig });
  return enumObject;
}

export const FieldTypes = describedEnum<FieldType>('FieldType', 'What a document field holds.', {
  KEYWORD: 'Exact texts such as ids, tags and names, compared as a whole.',
  TEXT: 'Prose, compared by its words.',
  NUMBER: 'Finite 64-bit floats.',
  BOOLEAN: 'True or false.',
  DATE: 'Moments in ISO 8601; a date without time is midnight UTC.',
});

export const Similarities = describedEnum<Similarity>(
  'Similarity',
  'How two vectors of a feature are compared.',
  {
    COSINE: 'The cosine of their angle, −1 to 1.',
    DOT_PRODUCT: 'Their dot product, any number.',
    L2: 'Minus their Euclidean distance, at most 0.',
  },
);

export const EmbedderKinds = describedEnum<EmbedderKind>(
  'EmbedderKind',
  'How texts become vectors of a feature.',
  {
    NONE: 'Not at all: only ready vectors are taken.',
    HASHING: 'By the built-in embedder: words and letter pieces hashed. It knows spelling, not meaning.',
    OPENAI: 'By a server that answers /v1/embeddings as OpenAI’s does.',
    ELASTICSEARCH: 'By an inference endpoint of the Elasticsearch that searches: the model names it.',
  },
);

export const InputTypes = describedEnum<InputType>('InputType', 'What an input of a retriever holds.', {
  TEXT: 'A text of at most 64 KB.',
  NUMBER: 'A finite number.',
  BOOLEAN: 'True or false.',
  VECTOR: 'A vector, for a feature of as many dimensions.',
  DOCUMENT: 'A stored document: each search takes its vector of the search’s own feature.',
  TEXTS: 'Up to 1,000 texts.',
  NUMBERS: 'Up to 1,000 numbers.',
});

export const InputRoles = describedEnum<InputRole>(
  'InputRole',
  'What an input says about the execution beside its value.',
  {
    NONE: 'Nothing.',
    USER: 'Whose execution it is.',
    SESSION: 'Which session it belongs to.',
    SEGMENT: 'A segment feature; all of them together name the segment.',
  },
);

export const OnEmpties = describedEnum<OnEmpty>(
  'OnEmpty',
  'What a search with nothing to search with does.',
  {
    ERROR: 'The execution is refused with EMPTY_INPUT.',
    SKIP: 'The feature’s list is empty, and the page still teaches.',
  },
);

const STRATEGIES = {
  RRF: 'Reciprocal rank fusion: the sum of w / (k + rank).',
  DBSF: 'Distribution-based: scores by the list’s mean ± 3 standard deviations, summed with factors.',
  WEIGHTED: 'The sum of normalized scores times weights that sum to 1.',
  MAX: 'The greatest weighted normalized score.',
} as const satisfies Record<StaticStrategy, string>;

export const StaticStrategies = describedEnum<StaticStrategy>(
  'StaticStrategy',
  'A fusion strategy whose weights are fixed.',
  STRATEGIES,
);

export const FusionStrategies = describedEnum<FusionStrategy>(
  'FusionStrategy',
  'How ranked lists become one.',
  {
    ...STRATEGIES,
    LEARNED: 'As WEIGHTED, with weights learned from interactions.',
  },
);

export const SearchMethods = describedEnum<SearchMethod>(
  'SearchMethod',
  'How the search backend finds what is most alike.',
  {
    EXACT: 'It compares every document.',
    APPROXIMATE: 'It walks a graph: numCandidates of each shard are compared.',
  },
);

export const MissingRules = describedEnum<MissingRule>(
  'MissingRule',
  'What a candidate’s score is in a ranked list that lacks it.',
  {
    ZERO: 'Nothing: the list adds 0.',
    COMPLETE:
      'Its exact score, asked for after the search. Lifts features that overlap little; costs a second search.',
  },
);

export const Normalizations = describedEnum<Normalization>(
  'Normalization',
  'How raw scores of a list become comparable.',
  {
    BACKGROUND: 'Standard deviations above the likeness of two random documents, at least 0.',
    SIMILARITY: 'Raw cosine; dot product by the list’s length; 1 / (1 + distance).',
    MIN_MAX: 'From 0 for the list’s least to 1 for its greatest score.',
    Z_SCORE: 'Standard deviations from the list’s mean.',
    DBSF: 'From 0 to 1 over the list’s mean ± 3 standard deviations, not clamped.',
    L2: 'By the Euclidean length of the list’s scores.',
    TMM: 'From the least possible cosine to the list’s greatest.',
    RANK: '61 / (60 + rank).',
  },
);

export const Assignments = describedEnum<Assignment>('Assignment', 'Which arm was served.', {
  STATIC: 'Weights of the retriever.',
  LEARNED: 'Weights from evidence, or the prior while there is none.',
});

export const Levels = describedEnum<Level>('ContextLevel', 'Whose evidence weights rest on.', {
  PRIOR: 'Nobody’s: the prior.',
  GLOBAL: 'Everybody’s.',
  SEGMENT: 'That of the segment.',
  USER: 'That of the user.',
  SESSION: 'That of the session.',
});

export const DegradationCodes = describedEnum<DegradationCode>(
  'DegradationCode',
  'Why a feature was left out, or used in part.',
  {
    FEATURE_FAILED: 'The search or the embedding failed; the feature is left out.',
    FEATURE_TIMEOUT: 'No answer came before the deadline; the feature is left out.',
    FEATURE_REJECTED: 'The backend refused the request; the feature is left out.',
    FEATURE_PARTIAL: 'Some shards did not answer; the hits of the others are used.',
  },
);

export const NoticeCodes = describedEnum<NoticeCode>(
  'NoticeCode',
  'Something worth knowing that does not change what the page teaches.',
  {
    NORMALIZATION_FALLBACK: 'No background has been measured yet: the feature is normalized by similarity.',
    STALE_WEIGHTS: 'The newest evidence could not be read.',
    STALE_DEFINITIONS:
      'The retriever and its collections could not be read again: they are served as they were remembered.',
    NOT_LOGGED: 'The execution could not be logged: later pages and interactions of it cannot be taken.',
    EMPTY_SEARCH: 'The feature had nothing to search with.',
  },
);

export const Posteriors = describedEnum<Posterior>('Posterior', 'How evidence becomes weights.', {
  LINEAR: 'A linear posterior over all features at once.',
  BETA: 'A Beta distribution per feature.',
});

export const Credits = describedEnum<Credit>(
  'Credit',
  'What the BETA posterior counts as a feature’s success.',
  {
    LIFT: 'That rewarded hits score higher in it than others at their position.',
    SHARE: 'Its share of the fused score of rewarded hits.',
    OWN_TOP_K: 'That rewarded hits are among the first 10 of its own list.',
  },
);

export const Poolings = describedEnum<Pooling>('Pooling', 'How the levels of evidence meet.', {
  SHRINKAGE: 'Each level shrinks towards the one above it.',
  FALLBACK: 'The deepest level with enough evidence stands alone.',
});

export const RewardMapModes = describedEnum<RewardMapMode>(
  'RewardMapMode',
  'How given rewards meet the default ones.',
  { MERGE: 'They change the kinds they name.', REPLACE: 'Kinds they do not name earn nothing.' },
);

export const InteractionKinds = describedEnum<InteractionKind>(
  'InteractionKind',
  'What a user did to a hit; the last three: to an execution.',
  {
    CLICK: 'Opened it.',
    LONG_VIEW: 'Stayed with it for more than 30 seconds.',
    PURCHASE: 'Bought it.',
    ADD_TO_CART: 'Put it into the cart.',
    BOOKMARK: 'Kept it for later.',
    SHARE: 'Passed it on.',
    POSITIVE_FEEDBACK: 'Said it was good.',
    NEGATIVE_FEEDBACK: 'Said it was bad.',
    SKIP: 'Passed over it.',
    RETURN_TO_RESULTS: 'Came back from it quickly.',
    VIEW: 'Saw it.',
    WISHLIST: 'Put it on a wish list.',
    COPY: 'Copied from it.',
    DWELL_TIME: 'Spent time on it; how much is in the metadata.',
    SCROLL_DEPTH: 'Scrolled through it; how far is in the metadata.',
    QUERY_REFINEMENT: 'Changed the query after the execution.',
    ZERO_RESULTS: 'Saw that the execution had no hits.',
    FILTER_TOGGLE: 'Changed a filter of the execution.',
  },
);

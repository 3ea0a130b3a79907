/**
 * Conditions on numbers in an index that somebody else made. Its numbers may be of any type, and of another one in each
 * index behind an alias. Elasticsearch refuses operands that a type cannot hold: `range` beyond 32 bits on byte, short
 * and integer and beyond 64 bits on long, `terms` beyond those and beyond what half_float and float hold; `term` and the
 * other types refuse none (seen with 9.5). Here they are compared like other numbers. Pure.
 */
import type { Condition, Query } from './elasticsearch-filter.ts';
import type { FieldScalar } from '../collection/collection.ts';

type Bound = 'gt' | 'gte' | 'lt' | 'lte';

/** Greatest number of a half_float, which every type takes in `terms`. */
const MOST_IN_TERMS = 65_504;
const LEAST_IN_RANGE = -(2 ** 31);
const MOST_IN_RANGE = 2 ** 31 - 1;

const OTHERWISE: Readonly<Record<Bound, Bound>> = { gt: 'lte', gte: 'lt', lt: 'gte', lte: 'gt' };

export function numberQuery(condition: Condition, path: string): Query {
  switch (condition.kind) {
    case 'eq':
    case 'contains':
      return term(path, condition.value);
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return rangeQuery(path, condition.kind, Number(condition.value));
    case 'in':
      return anyOf(path, condition.values);
    case 'exists':
      return { exists: { field: path } };
  }
}

function anyOf(path: string, values: readonly FieldScalar[]): Query {
  const isSmall = (value: FieldScalar): boolean => Math.abs(Number(value)) <= MOST_IN_TERMS;
  const great = values.filter((value) => !isSmall(value));
  const terms = { terms: { [path]: values.filter(isSmall) } };
  return great.length === 0
    ? terms
    : { bool: { should: [terms, ...great.map((value) => term(path, value))], minimum_should_match: 1 } };
}

function term(path: string, value: FieldScalar): Query {
  return { term: { [path]: { value } } };
}

/**
 * A lenient range finds nothing where the type cannot hold its bound. That is the answer where the bound lies beyond all
 * values in its own direction; in the other one all values meet it: those that are not on its other side alone.
 */
function rangeQuery(path: string, bound: Bound, value: number): Query {
  if (value >= LEAST_IN_RANGE && value <= MOST_IN_RANGE) return { range: { [path]: { [bound]: value } } };
  const within = lenientRange(path, bound, value);
  const isUpwards = bound === 'gt' || bound === 'gte';
  if (isUpwards === value > 0) return within;
  const beyond = lenientRange(path, OTHERWISE[bound], value);
  const onlyBeyond = { bool: { filter: [beyond], must_not: [within] } };
  return { bool: { filter: [{ exists: { field: path } }], must_not: [onlyBeyond] } };
}

/** Only `query_string` has lenient ranges. The number stands in quotes, because of its sign. */
function lenientRange(path: string, bound: Bound, value: number): Query {
  const ranges: Readonly<Record<Bound, string>> = {
    gt: `{"${value}" TO *]`,
    gte: `["${value}" TO *]`,
    lt: `[* TO "${value}"}`,
    lte: `[* TO "${value}"]`,
  };
  return { query_string: { default_field: path, query: ranges[bound], lenient: true } };
}

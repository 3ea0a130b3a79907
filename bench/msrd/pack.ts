import { gunzipSync } from 'node:zlib';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';

/** Judged film searches with one vector per feature, and what an exact search must measure on them. */
export interface Pack {
  readonly dims: number;
  readonly features: readonly string[];
  readonly films: readonly Film[];
  readonly queries: readonly Query[];
  readonly expected: Expected;
}

export interface Film {
  readonly id: string;
  readonly title: string;
  readonly year: number | null;
  readonly genres: readonly string[];
  /** Base64 of float32 per feature; null: the film lacks it. */
  readonly vectors: readonly (string | null)[];
}

export interface Query {
  readonly id: string;
  readonly segment: string;
  readonly vectors: readonly (string | null)[];
  /** Film id to grade; any other film is 0. */
  readonly grades: ReadonlyMap<string, number>;
}

export interface Expected {
  readonly single: Readonly<Record<string, number>>;
  readonly fused: Readonly<Record<string, number>>;
  readonly bySegmentRrf: Readonly<Record<string, number>>;
  /** Mean and deviation of random pairs of films, per feature. */
  readonly background: Readonly<Record<string, readonly [number, number]>>;
}

interface Meta {
  readonly dim: number;
  readonly features: readonly string[];
  readonly expected_ndcg10: Readonly<Record<string, unknown>>;
  readonly 'background, document pairs (mean, sd)': Expected['background'];
}

/** Reads the pack's folder. */
export function readPack(folder: string): Pack {
  const meta = JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8')) as Meta;
  const { dim: dims, features } = meta;
  const rows = (kind: string, feature: string): readonly (string | null)[] =>
    readRows(join(folder, `${kind}.${feature}.i8.gz`), dims);
  const filmRows = features.map((feature) => rows('doc', feature));
  const queryRows = features.map((feature) => rows('query', feature));
  const films = gunzipSync(readFileSync(join(folder, 'docs.ndjson.gz')))
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line, index): Film => {
      const { id, title, year, genres } = JSON.parse(line) as Omit<Film, 'vectors'>;
      return { id, title, year, genres, vectors: filmRows.map((column) => column[index]!) };
    });
  const grades = readGrades(folder);
  const queries = readTable(folder, 'queries.tsv').map(([id, segment], index) => ({
    id: id!,
    segment: segment!,
    vectors: queryRows.map((column) => column[index]!),
    grades: grades.get(id!) ?? new Map<string, number>(),
  }));
  return { dims, features, films, queries, expected: expectedOf(meta) };
}

function expectedOf(meta: Meta): Expected {
  const { single, 'by segment, rrf equal': bySegmentRrf, ...fused } = meta.expected_ndcg10;
  return {
    single: single as Expected['single'],
    fused: fused as Expected['fused'],
    bySegmentRrf: bySegmentRrf as Expected['bySegmentRrf'],
    background: meta['background, document pairs (mean, sd)'],
  };
}

/** Signed bytes, row by row, as base64 of little-endian float32; a row of zeros is null. */
function readRows(file: string, dims: number): readonly (string | null)[] {
  const bytes = gunzipSync(readFileSync(file));
  return Array.from({ length: bytes.length / dims }, (_, row) => {
    const values = Float32Array.from({ length: dims }, (_, i) => bytes.readInt8(row * dims + i));
    return values.every((value) => value === 0) ? null : Buffer.from(values.buffer).toString('base64');
  });
}

function readTable(folder: string, name: string): readonly (readonly string[])[] {
  const [, ...lines] = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');
  return lines.map((line) => line.split('\t'));
}

function readGrades(folder: string): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const grades = new Map<string, Map<string, number>>();
  for (const [query, film, grade] of readTable(folder, 'qrels.tsv')) {
    const known = grades.get(query!) ?? new Map<string, number>();
    grades.set(query!, known.set(film!, Number(grade)));
  }
  return grades;
}

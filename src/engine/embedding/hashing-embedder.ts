import type { Embedder } from './embedder.ts';
import type { Feature } from '../collection/collection.ts';

const WORDS = /[\p{L}\p{N}]+/gu;
const MARKS = /\p{M}+/gu;
const MAX_WORDS = 10_000;
const MAX_WORD = 64;
/** Total weight of a word's letter pieces beside the word's own 1. */
const PIECES_WEIGHT = 0.6;
const STOP_WEIGHT = 0.1;
const STOP_WORDS = new Set(
  'a an and are as at be but by for from had has have he her his i in into is it its no not of on or she so that the their them they this to was were who with'.split(
    ' ',
  ),
);

/**
 * The built-in embedder: words and letter pieces hashed into signed buckets (the "hashing trick",
 * K. Weinberger et al., ICML 2009). It knows spelling, not meaning: enough to try everything without a model.
 */
export class HashingEmbedder implements Embedder {
  embed(feature: Feature, texts: readonly string[]): Promise<readonly (Float32Array | null)[]> {
    return Promise.resolve(texts.map((text) => hashText(text, feature.dims)));
  }
}

/**
 * v[h(t) mod dims] += ±w_t over the terms t of the text, then scaled to length 1.
 * Terms: words (lower case, no accents) with w = 1 + ln(count), stop words a tenth of it, and the 3- to 5-letter
 * pieces of each word (with its edges marked), which share .6 of the word's weight. Null for a text without words
 * and where everything cancels out. Word order does not matter.
 */
export function hashText(text: string, dims: number): Float32Array | null {
  const counts = new Map<string, number>();
  const plain = text.normalize('NFKD').replace(MARKS, '').toLowerCase();
  let words = 0;
  for (const [word] of plain.matchAll(WORDS)) {
    if ((words += 1) > MAX_WORDS) break;
    const short = word.slice(0, MAX_WORD);
    counts.set(short, (counts.get(short) ?? 0) + 1);
  }
  const sums = new Float64Array(dims);
  for (const [word, count] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
    addWord(sums, word, (1 + Math.log(count)) * (STOP_WORDS.has(word) ? STOP_WEIGHT : 1));
  const length = Math.sqrt(sums.reduce((sum, value) => sum + value * value, 0));
  return length > 1e-9 ? Float32Array.from(sums, (value) => value / length) : null;
}

function addWord(sums: Float64Array, word: string, weight: number): void {
  add(sums, `=${word}`, weight);
  const marked = `<${word}>`;
  const pieces: string[] = [];
  for (let size = 3; size <= 5; size += 1)
    for (let start = 0; start + size <= marked.length; start += 1)
      pieces.push(marked.slice(start, start + size));
  const share = (weight * PIECES_WEIGHT) / Math.sqrt(pieces.length);
  for (const piece of pieces) add(sums, piece, share);
}

function add(sums: Float64Array, term: string, weight: number): void {
  const hash = hashTerm(term, 0x9747b28c);
  const sign = (hashTerm(term, 0x1b873593) & 1) === 0 ? 1 : -1;
  const bucket = hash % sums.length;
  sums[bucket] = sums[bucket]! + sign * weight;
}

/** FNV-1a over UTF-16 units with murmur3's finalizer; 32 bits. */
function hashTerm(term: string, seed: number): number {
  let hash = (0x811c9dc5 ^ seed) | 0;
  for (let i = 0; i < term.length; i += 1) hash = Math.imul(hash ^ term.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { aFeature } from '../../support/fixtures.ts';
import { HashingEmbedder, hashText } from '../../../src/engine/embedding/hashing-embedder.ts';
import { vectorSha256 } from '../../../src/engine/vector.ts';

const cosine = (a: string, b: string, dims = 256): number =>
  hashText(a, dims)!.reduce((sum, value, index) => sum + value * hashText(b, dims)![index]!, 0);

describe('the hashing embedder', () => {
  test('gives the same numbers on every machine and in every release', () => {
    // Stored vectors would no longer fit the queries if one of these changed.
    expect(vectorSha256(hashText('The lighthouse keeper', 64)!)).toBe(
      'd19dafbbdcbb9858d9aa3de9af6b794519b01d1ccc51806feb50ac7aa44731eb',
    );
    expect(vectorSha256(hashText('Größe 東京 42', 16)!)).toBe(
      '66a22069841964aaf9ebfa0d00085fc470847d6df9ff789bd085f3ca2482f123',
    );
    expect([...hashText('owl', 8)!].map((value) => Number(value.toFixed(6)))).toEqual([
      0, 0.24617, -0.24617, 0.492341, -0.24617, 0, 0.758816, 0,
    ]);
  });

  test('vectors have the length asked for and norm 1, or there is none', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.integer({ min: 1, max: 300 }),
        (text, dims) => {
          const vector = hashText(text, dims);
          if (vector === null) return;
          expect(vector).toHaveLength(dims);
          expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
        },
      ),
      { seed: 20261126, numRuns: 500 },
    );
  });

  test.each(['', '   ', '!?… —', '\u0301', '\ud800'])(
    'a text without words, %j, says nothing: null',
    (text) => {
      expect(hashText(text, 64)).toBeNull();
    },
  );

  test('case, accents, compatibility forms, order and punctuation do not matter', () => {
    const plain = hashText('cafe owl', 128);
    for (const text of ['CAFÉ, owl!', 'owl cafe', 'cafe\u0301 — owl', 'ｃａｆｅ owl'])
      expect(hashText(text, 128)).toEqual(plain);
  });

  test('a misspelled word keeps a share of its letter pieces, an unrelated one shares nothing', () => {
    // Pieces hold .6² of 1 + .6² of a word's square: .26 is the most that two words without the same spelling share.
    for (const [word, other] of [
      ['lighthouse', 'lighthose'],
      ['weaver', 'weavers'],
    ] as const) {
      expect(cosine(word, other, 1_024)).toBeGreaterThan(0.13);
      expect(cosine(word, other, 1_024)).toBeLessThan(0.27);
    }
    // Collisions of unrelated pieces are of the order of 1/√1024 = .03.
    expect(Math.abs(cosine('lighthouse', 'marmalade', 1_024))).toBeLessThan(0.1);
  });

  test('a shared word counts ten times a shared stop word', () => {
    expect(cosine('the owl', 'an owl')).toBeGreaterThan(0.9);
    expect(cosine('the owl', 'the fox')).toBeLessThan(0.2);
  });

  test('a repeated word counts more, but by its logarithm', () => {
    expect(cosine('owl owl owl fox', 'owl')).toBeGreaterThan(cosine('owl fox', 'owl'));
    expect(cosine(`${'owl '.repeat(100)}fox`, 'fox')).toBeGreaterThan(0.1);
  });

  test('a megabyte without spaces and 20,000 words are embedded within their limits', () => {
    expect(hashText('a'.repeat(1_000_000), 64)).toEqual(hashText('a'.repeat(64), 64));
    const words = Array.from({ length: 20_000 }, (_, i) => `w${i}`);
    expect(hashText(words.join(' '), 64)).toEqual(hashText(words.slice(0, 10_000).join(' '), 64));
  });

  test('answers in order, null for a text that says nothing', async () => {
    const feature = aFeature({ dims: 32 });
    expect(await new HashingEmbedder().embed(feature, ['owl', '…', 'fox'])).toEqual([
      hashText('owl', 32),
      null,
      hashText('fox', 32),
    ]);
  });
});

import { describe, expect, test } from '@jest/globals';
import { embeddingsUrl } from '../../../src/engine/embedding/openai-embedder.ts';
import { backOff, isWorthAnotherTry, retryAfter } from '../../../src/engine/embedding/embedding-retry.ts';
import { seededRandom } from '../../../src/engine/random.ts';

const RULE = { attempts: 5, firstDelay: 200, longestDelay: 1_000 };
const lowest = { next: () => 0 };
const highest = { next: () => 1 };

describe('back-off', () => {
  test('doubles from the first delay up to the longest', () => {
    expect([1, 2, 3, 4, 50].map((failed) => backOff(RULE, failed, highest))).toEqual([
      200, 400, 800, 1_000, 1_000,
    ]);
  });

  test('waits at least half of that', () => {
    expect([1, 2, 3, 4].map((failed) => backOff(RULE, failed, lowest))).toEqual([100, 200, 400, 500]);
  });

  test('is spread by the seed and the same for the same seed', () => {
    const waits = (seed: string): readonly number[] => {
      const random = seededRandom(seed);
      return [1, 2, 3].map((failed) => backOff(RULE, failed, random));
    };
    expect(waits('a')).toEqual(waits('a'));
    expect(waits('a')).not.toEqual(waits('b'));
  });
});

describe('Retry-After', () => {
  const now = new Date('2026-01-01T00:00:00Z');
  test.each([
    ['3', 3_000],
    ['0', 0],
    ['Thu, 01 Jan 2026 00:00:07 GMT', 7_000],
    ['Thu, 01 Jan 2025 00:00:00 GMT', 0],
    ['soon', null],
    ['', null],
    [null, null],
  ])('%j is %j milliseconds', (header, milliseconds) => {
    expect(retryAfter(header, now)).toBe(milliseconds);
  });
});

test('only overload and lost gateways are worth another try', () => {
  const worth = [200, 307, 400, 401, 404, 408, 429, 500, 501, 502, 503, 504, 505].filter(isWorthAnotherTry);
  expect(worth).toEqual([429, 502, 503, 504]);
});

describe('the address of an embedding server', () => {
  test.each([
    ['https://host.example', 'https://host.example/v1/embeddings'],
    ['https://host.example/', 'https://host.example/v1/embeddings'],
    ['https://host.example/v1', 'https://host.example/v1/embeddings'],
    ['http://host.example:8080/v1/', 'http://host.example:8080/v1/embeddings'],
    ['http://host.example/api/v1/embeddings', 'http://host.example/api/v1/embeddings'],
    ['https://host.example/v1?api-version=2', 'https://host.example/v1/embeddings?api-version=2'],
  ])('%s is asked at %s', (given, asked) => {
    expect(embeddingsUrl(given)).toBe(asked);
  });

  test.each(['host.example', 'ftp://host.example', 'https://user:pass@host.example'])(
    '%s is refused',
    (given) => {
      expect(() => embeddingsUrl(given)).toThrow(/^(Invalid URL$|expected an address)/);
    },
  );
});

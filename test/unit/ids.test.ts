import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  checkId,
  compareUtf8,
  decodeGlobalId,
  encodeGlobalId,
  faultOfId,
  isUuid,
  uuidTime,
  uuidV7,
} from '../../src/engine/ids.ts';
import type { GlobalId } from '../../src/engine/ids.ts';

const options = { seed: 20261124, numRuns: 500 };
const execution = uuidV7(new Date(1_700_000_000_000));

describe('UUIDv7', () => {
  test('carries its time in milliseconds, version 7 and variant 10', () => {
    expect(isUuid(execution)).toBe(true);
    expect(uuidTime(execution)).toBe(1_700_000_000_000);
    expect(execution[14]).toBe('7');
    expect('89ab').toContain(execution[19]);
  });

  test('sorts by time of making', () => {
    expect(uuidV7(new Date(1)) < uuidV7(new Date(2))).toBe(true);
  });
});

describe('global ids', () => {
  const ids: readonly GlobalId[] = [
    { type: 'Collection', id: execution },
    { type: 'Feature', id: execution },
    { type: 'Retriever', id: execution },
    { type: 'Execution', id: execution },
    { type: 'RetrieverVersion', id: execution, version: 4_294_967_295 },
    { type: 'Hit', id: execution, rank: 1 },
    { type: 'UnrecordedHit', id: execution, rank: 500 },
    { type: 'Document', id: execution, document: 'a/"b"/😀' },
  ];

  test.each(ids)('a $type id is read back as it was written', (id) => {
    expect(decodeGlobalId(encodeGlobalId(id))).toEqual(id);
  });

  test('no two ids share a text', () => {
    expect(new Set(ids.map(encodeGlobalId)).size).toBe(ids.length);
  });

  test('a document id of any well-formed text is round-tripped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), (document) => {
        fc.pre(faultOfId(document) === null);
        const id: GlobalId = { type: 'Document', id: execution, document };
        expect(decodeGlobalId(encodeGlobalId(id))).toEqual(id);
      }),
      options,
    );
  });

  test('a text that is no id is null, never an exception', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        const id = decodeGlobalId(text);
        if (id !== null) expect(encodeGlobalId(id)).toBe(text);
      }),
      options,
    );
    for (const text of [
      '',
      'AA',
      'x'.repeat(2000),
      encodeGlobalId(ids[0]!) + 'AA',
      encodeGlobalId(ids[0]!) + '=',
    ])
      expect(decodeGlobalId(text)).toBeNull();
  });
});

describe('ids of documents, users and sessions', () => {
  test('512 bytes of UTF-8 are taken and 513 refused, counted in bytes and not in characters', () => {
    expect(faultOfId('a'.repeat(512))).toBeNull();
    expect(faultOfId('😀'.repeat(128))).toBeNull(); // 128 × 4 bytes
    expect(faultOfId('a'.repeat(513))).toMatch(/513/);
    expect(faultOfId('😀'.repeat(128) + 'a')).toMatch(/513/);
  });

  test('an empty id, NUL and half a surrogate pair are refused with INVALID_ID and the path', () => {
    for (const id of ['', 'a\0b', '\ud800'])
      expect(() => checkId(id, ['documents', 3, 'id'])).toThrow(
        expect.objectContaining({
          code: 'INVALID_ID',
          faults: [expect.objectContaining({ path: ['documents', 3, 'id'] })],
        }),
      );
  });
});

describe('order by UTF-8 bytes', () => {
  test('equals the order of the encoded bytes for any two texts', () => {
    const text = fc.string({ unit: 'binary', maxLength: 6 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const bytes = Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
        expect(Math.sign(compareUtf8(a, b))).toBe(bytes);
      }),
      { ...options, numRuns: 5_000 },
    );
  });

  test('differs from the order of UTF-16 units where it must: U+FFFD before U+1F600', () => {
    expect(compareUtf8('\ufffd', '😀')).toBeLessThan(0);
    expect('\ufffd' < '😀').toBe(false);
  });
});

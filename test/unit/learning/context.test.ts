import { describe, expect, test } from '@jest/globals';
import { contextsOf, segmentSubject } from '../../../src/engine/learning/context.ts';

const everyone = { segment: null, user: null, session: null };

describe('the contexts of an execution', () => {
  test('always hold everybody, then segment, user and session where they are known', () => {
    expect(contextsOf(everyone, { sessionLevel: true })).toEqual([{ level: 'GLOBAL', subject: '' }]);
    expect(
      contextsOf({ segment: ['de', 'shoes'], user: 'ann', session: 's1' }, { sessionLevel: true }),
    ).toEqual([
      { level: 'GLOBAL', subject: '' },
      { level: 'SEGMENT', subject: '["de","shoes"]' },
      { level: 'USER', subject: 'ann' },
      { level: 'SESSION', subject: 's1' },
    ]);
  });

  test('sessions are no level unless the retriever enables them', () => {
    expect(contextsOf({ ...everyone, session: 's1' }, { sessionLevel: false })).toHaveLength(1);
  });

  test('no segment values, no segment level', () => {
    expect(contextsOf({ ...everyone, segment: [] }, { sessionLevel: false })).toHaveLength(1);
  });

  test('no two tuples share a subject, whatever their values hold', () => {
    const tuples = [['a', 'b'], ['a,b'], ['a","b'], ['ab', ''], ['', 'ab'], ['a\\', 'b'], ['a\0b']];
    expect(new Set(tuples.map(segmentSubject)).size).toBe(tuples.length);
    expect(segmentSubject(['a\0b'])).not.toContain('\0');
  });
});

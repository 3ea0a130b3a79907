import { describe, expect, test } from '@jest/globals';
import { ERROR_CATALOGUE, refusal, refuseIfAny, ReweighError } from '../../src/engine/errors.ts';

const caught = (work: () => void): ReweighError => {
  try {
    work();
  } catch (error) {
    if (error instanceof ReweighError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('errors', () => {
  test('every entry of the catalogue says what it means and what to do, as sentences', () => {
    for (const entry of Object.values(ERROR_CATALOGUE)) {
      expect(entry.meaning).toMatch(/\.$/);
      expect(entry.action).toMatch(/\.$/);
    }
  });

  test('no fault refuses nothing', () => {
    expect(() => refuseIfAny([])).not.toThrow();
  });

  test('one fault gives the error its own code and names its path', () => {
    const error = caught(() =>
      refuseIfAny([
        { code: 'OUT_OF_RANGE', path: ['searches', 0, 'topK'], message: 'expected 1 to 1000, got 0' },
      ]),
    );
    expect(error.code).toBe('OUT_OF_RANGE');
    expect(error.message).toBe('searches.0.topK: expected 1 to 1000, got 0');
  });

  test('several faults are BAD_INPUT and all of them are carried, however many are shown', () => {
    const faults = Array.from({ length: 7 }, (_, i) => ({
      code: 'REQUIRED' as const,
      path: ['fields', i],
      message: 'expected a name',
    }));
    const error = caught(() => refuseIfAny(faults));
    expect(error.code).toBe('BAD_INPUT');
    expect(error.faults).toHaveLength(7);
    expect(error.message).toMatch(/^7 faults: .*\(and 2 more\)$/);
  });

  test('a refusal carries its path', () => {
    expect(refusal('NAME_TAKEN', 'taken', ['name']).faults).toEqual([
      { code: 'NAME_TAKEN', path: ['name'], message: 'taken' },
    ]);
  });
});

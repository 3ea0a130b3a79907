import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseTemplate, renderTemplate } from '../../src/engine/retriever/template.ts';
import { valueOf } from '../support/fixtures.ts';

const options = { seed: 20261127, numRuns: 500 };
const NAMES = ['query', 'city', '_x', 'A1'];
const INPUTS = NAMES.map((name) => ({ name, type: 'TEXT' as const }));
/** Well-formed text that cannot be taken for a template. */
const literal = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .map((text) => text.replaceAll('{', '(').replaceAll('}', ')').replaceAll('\0', ' '));
const part = fc.oneof(
  literal,
  fc.record({ name: fc.constantFrom(...NAMES), space: fc.constantFrom('', ' ', '\t') }),
);
const values = fc.dictionary(fc.constantFrom(...NAMES), fc.string({ unit: 'grapheme', maxLength: 8 }));

describe('laws of templates', () => {
  test('a text is rendered part by part, absent inputs as nothing; without any value there is none', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), values, (parts, given) => {
        const text = parts
          .map((one) => (typeof one === 'string' ? one : `{{${one.space}INPUT.${one.name}${one.space}}}`))
          .join('');
        const named = parts.flatMap((one) => (typeof one === 'string' ? [] : [one.name]));
        const wanted = parts.map((one) => (typeof one === 'string' ? one : (given[one.name] ?? ''))).join('');
        const rendered = renderTemplate(
          valueOf(parseTemplate(text, INPUTS, [])),
          new Map(Object.entries(given)),
        );
        const isSilent = named.length > 0 && !named.some((name) => Object.hasOwn(given, name));
        expect(rendered).toBe(isSilent ? undefined : wanted);
      }),
      options,
    );
  });

  test('any text is read or refused, never an exception; what is read holds no braces pair', () => {
    const noisy = fc
      .array(fc.constantFrom('{', '}', '{{', '}}', 'INPUT', '.', 'query', ' ', 'a', '\0', '\ud800', 'é'), {
        maxLength: 12,
      })
      .map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(noisy, (text) => {
        const parsed = parseTemplate(text, INPUTS, ['at']);
        if (parsed.ok) {
          const read = JSON.stringify(parsed.value);
          expect(read).not.toMatch(/\{\{|\}\}(?!$)/);
        } else for (const { path } of parsed.faults) expect(path).toEqual(['at']);
      }),
      options,
    );
  });
});

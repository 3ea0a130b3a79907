import { describe, expect, test } from '@jest/globals';
import { faultsOf, valueOf } from '../../support/fixtures.ts';
import { parseTemplate, renderTemplate } from '../../../src/engine/retriever/template.ts';
import type { InputValue } from '../../../src/engine/retriever/retriever.ts';

const INPUTS = [
  { name: 'query', type: 'TEXT' },
  { name: 'n', type: 'NUMBER' },
  { name: 'vector', type: 'VECTOR' },
  { name: 'words', type: 'TEXTS' },
] as const;
const parse = (text: string): ReturnType<typeof parseTemplate> => parseTemplate(text, INPUTS, ['input']);
const render = (text: string, values: Readonly<Record<string, InputValue>>): InputValue | undefined =>
  renderTemplate(valueOf(parse(text)), new Map(Object.entries(values)));

describe('templates', () => {
  test('one reference alone keeps the type of its value', () => {
    const vector = Float32Array.of(1, 2);
    expect(render('{{INPUT.vector}}', { vector })).toBe(vector);
    expect(render('{{ INPUT.n }}', { n: 7 })).toBe(7);
  });

  test('references in a text become text; an absent one is empty, a list is joined by spaces', () => {
    expect(render('films of {{INPUT.query}}, {{INPUT.n}}', { query: 'owls', n: 2 })).toBe('films of owls, 2');
    expect(render('a {{INPUT.query}}{{INPUT.n}} b', { n: 2 })).toBe('a 2 b');
    expect(render('{{INPUT.words}}!', { words: ['x', 'y'] })).toBe('x y!');
  });

  test('a template whose inputs are all absent has no value', () => {
    expect(render('{{INPUT.query}}', {})).toBeUndefined();
    expect(render('films of {{INPUT.query}} or {{INPUT.n}}', {})).toBeUndefined();
  });

  test('a text without references is a constant, also an empty one and one with single braces', () => {
    expect(valueOf(parse('plain'))).toEqual({ kind: 'constant', text: 'plain' });
    expect(valueOf(parse(''))).toEqual({ kind: 'constant', text: '' });
    expect(render('{a} {{INPUT.n}}', { n: 1 })).toBe('{a} 1');
  });

  test('a value that looks like a template is not read as one', () => {
    expect(render('is {{INPUT.query}}', { query: '{{INPUT.n}}', n: 5 })).toBe('is {{INPUT.n}}');
  });

  test.each([
    '{{query}}',
    '{{INPUT.}}',
    '{{INPUT.1a}}',
    '{{INPUT.query}',
    '}}',
    '{{OUTPUT.query}}',
    '{{INPUT.a b}}',
  ])('%s is refused as no template', (text) => {
    expect(faultsOf(parse(text))).toEqual(['INVALID_TEMPLATE input']);
  });

  test('every input that is not declared is named, beside other faults', () => {
    expect(faultsOf(parse('{{INPUT.a}} {{INPUT.b}} {{'))).toEqual([
      'INVALID_TEMPLATE input',
      'UNKNOWN_INPUT input',
      'UNKNOWN_INPUT input',
    ]);
  });

  test('a vector in a text is refused', () => {
    expect(faultsOf(parse('like {{INPUT.vector}}'))).toEqual(['TYPE_MISMATCH input']);
  });

  test('4,096 characters are taken, 4,097 refused; so are NUL and half a surrogate pair', () => {
    expect(faultsOf(parse('x'.repeat(4_096)))).toEqual([]);
    expect(faultsOf(parse('x'.repeat(4_097)))).toEqual(['OUT_OF_RANGE input']);
    expect(faultsOf(parse('a\0{{INPUT.query}}'))).toEqual(['INVALID_TEMPLATE input']);
    expect(faultsOf(parse('\ud800{{INPUT.query}}'))).toEqual(['INVALID_TEMPLATE input']);
  });
});

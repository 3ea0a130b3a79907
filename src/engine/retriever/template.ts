import { parsedUnless, type Parsed } from '../parsed.ts';
import type { Fault, Path } from '../errors.ts';
import { isNamedDocument, type InputDeclaration, type InputValue, type InputValues } from './retriever.ts';

/** A template, read: one reference alone keeps its value's type; a text with references becomes text. */
export type Template =
  | { readonly kind: 'constant'; readonly text: string }
  | { readonly kind: 'reference'; readonly name: string }
  | { readonly kind: 'text'; readonly parts: readonly (string | { readonly name: string })[] };

const REFERENCE = /\{\{\s*INPUT\.([A-Za-z_][A-Za-z0-9_]{0,63})\s*\}\}/g;
const MAX_TEMPLATE = 4_096;

/** Reads `{{INPUT.name}}` in a text; INVALID_TEMPLATE and UNKNOWN_INPUT, all at once. */
export function parseTemplate(
  text: string,
  declarations: readonly Pick<InputDeclaration, 'name' | 'type'>[],
  path: Path,
): Parsed<Template> {
  if (text.length > MAX_TEMPLATE) return { ok: false, faults: [tooLong(text.length, path)] };
  const parts: (string | { readonly name: string })[] = [];
  const faults: Fault[] = [];
  let end = 0;
  for (const match of text.matchAll(REFERENCE)) {
    if (match.index > end) parts.push(text.slice(end, match.index));
    parts.push({ name: match[1]! });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push(text.slice(end));
  if (text.includes('\0') || !text.isWellFormed())
    faults.push({ code: 'INVALID_TEMPLATE', path, message: 'expected well-formed Unicode without NUL' });
  if (parts.some((part) => typeof part === 'string' && (part.includes('{{') || part.includes('}}'))))
    faults.push({
      code: 'INVALID_TEMPLATE',
      path,
      message: `expected {{INPUT.name}}, got ${JSON.stringify(text.slice(0, 80))}`,
    });
  const single = parts.length === 1;
  for (const part of parts) {
    if (typeof part === 'string') continue;
    const declared = declarations.find((input) => input.name === part.name);
    if (declared === undefined)
      faults.push({ code: 'UNKNOWN_INPUT', path, message: `no input named ${part.name} is declared` });
    else if ((declared.type === 'VECTOR' || declared.type === 'DOCUMENT') && !single)
      faults.push({
        code: 'TYPE_MISMATCH',
        path,
        message: `${part.name}, a ${declared.type}, cannot be put into a text; use {{INPUT.${part.name}}} alone`,
      });
  }
  return parsedUnless(faults, () => toTemplate(parts));
}

function tooLong(length: number, path: Path): Fault {
  return {
    code: 'OUT_OF_RANGE',
    path,
    message: `expected a template of at most ${MAX_TEMPLATE} characters, got ${length}`,
  };
}

function toTemplate(parts: readonly (string | { readonly name: string })[]): Template {
  const [first] = parts;
  if (parts.length > 1) return { kind: 'text', parts };
  if (first === undefined || typeof first === 'string') return { kind: 'constant', text: first ?? '' };
  return { kind: 'reference', name: first.name };
}

/** The template's value; undefined where every input it names is absent. An absent part of a text is empty. */
export function renderTemplate(template: Template, values: InputValues): InputValue | undefined {
  switch (template.kind) {
    case 'constant':
      return template.text;
    case 'reference':
      return values.get(template.name);
    case 'text': {
      const named = template.parts.filter((part) => typeof part !== 'string');
      if (!named.some(({ name }) => values.has(name))) return undefined;
      return template.parts
        .map((part) => (typeof part === 'string' ? part : asText(values.get(part.name))))
        .join('');
    }
  }
}

function asText(value: InputValue | undefined): string {
  if (value === undefined || isNamedDocument(value)) return '';
  return typeof value === 'object' ? value.join(' ') : String(value);
}

import { z } from 'zod';

/** One environment variable: how it is read, and what docs/configuration.md says about it. */
export interface Variable<T> {
  readonly schema: z.ZodType<T>;
  /** What stands in the table where the variable is not set. */
  readonly default: string;
  /** The values that are taken, with their unit. */
  readonly takes: string;
  readonly meaning: string;
}

export interface NumberRange {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
}

export function whole(range: NumberRange, meaning: string): Variable<number> {
  const { min, max, unit } = range;
  const takes = `${min} to ${max} ${unit}`.trim();
  const schema = z
    .string()
    .regex(/^\d{1,15}$/, `expected a whole number, ${takes}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `expected ${takes}`)
    .default(range.default);
  return { schema, default: String(range.default), takes, meaning };
}

export function flag(fallback: 'true' | 'false', meaning: string): Variable<boolean> {
  const schema = z
    .enum(['true', 'false'], 'expected true or false')
    .transform((value) => value === 'true')
    .default(fallback === 'true');
  return { schema, default: fallback, takes: 'true or false', meaning };
}

export function text(fallback: string, takes: string, meaning: string): Variable<string> {
  return { schema: z.string().default(fallback), default: fallback, takes, meaning };
}

export function optional(takes: string, meaning: string): Variable<string | null> {
  return { schema: z.string().nullable().default(null), default: '(none)', takes, meaning };
}

export function optionalUrl(protocols: readonly string[], meaning: string): Variable<string | null> {
  const takes = `a URL: ${protocols.map((protocol) => `${protocol}//host:port`).join(' or ')}`;
  const fits = (value: string): boolean =>
    URL.canParse(value) && protocols.includes(new URL(value).protocol) && new URL(value).hostname !== '';
  const schema = z.string().refine(fits, `expected ${takes}`).nullable().default(null);
  return { schema, default: '(none)', takes, meaning };
}

export function choice<const T extends string>(
  values: readonly T[],
  fallback: T,
  meaning: string,
): Variable<T> {
  const takes = values.join(', ');
  const isOne = (value: string): value is T => (values as readonly string[]).includes(value);
  const schema = z.string().refine(isOne, `expected one of ${takes}`).default(fallback);
  return { schema, default: fallback, takes, meaning };
}

/** Several addresses of one service, separated by commas. */
export function optionalUrls(protocols: readonly string[], meaning: string): Variable<string | null> {
  const one = optionalUrl(protocols, meaning);
  const fits = (value: string): boolean =>
    value.split(',').every((part) => one.schema.safeParse(part.trim()).success);
  const takes = `${one.takes}; several with commas`;
  return { ...one, takes, schema: z.string().refine(fits, `expected ${takes}`).nullable().default(null) };
}

export function share(fallback: number, meaning: string): Variable<number> {
  const schema = z
    .string()
    .regex(/^(0|1|0?\.\d{1,6}|1\.0{1,6})$/, 'expected a number from 0 to 1')
    .transform(Number)
    .default(fallback);
  return { schema, default: String(fallback), takes: 'a number from 0 to 1', meaning };
}

export function origins(meaning: string): Variable<readonly string[]> {
  const split = (value: string): readonly string[] => value.split(',').map((part) => part.trim());
  const isOrigin = (value: string): boolean => URL.canParse(value) && new URL(value).origin === value;
  const schema = z
    .string()
    .transform(split)
    .refine(
      (parts) => parts.every(isOrigin),
      'expected origins like https://shop.example, separated by commas',
    )
    .default([]);
  return { schema, default: '(none)', takes: 'origins, separated by commas', meaning };
}

/** The beginning of names in a service that only takes lower case. */
export function prefix(fallback: string, meaning: string): Variable<string> {
  const takes = 'lower-case letters, digits, - and _, a letter first';
  const schema = z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,40}$/, `expected ${takes}`)
    .default(fallback);
  return { schema, default: fallback, takes, meaning };
}

/**
 * Generates the types of the example clients from the committed schema, with GraphQL Code Generator:
 *   node codegen.ts
 * A test fails where the generated files are older than the schema or the operations.
 */
import { generate } from '@graphql-codegen/cli';
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

/** A generated file: its path from the root of the project, and its text. */
export interface Generated {
  readonly path: string;
  readonly text: string;
}

/** As the generator gives it. */
interface GeneratedFile {
  readonly filename: string;
  readonly content: string;
}

const FOLDER = 'examples/client/gql/';

/** The files as they should be. Rejects where an operation does not fit the schema. */
export async function generateClient(): Promise<readonly Generated[]> {
  const files: readonly GeneratedFile[] = await generate(
    {
      schema: 'src/schema/schema.graphql',
      documents: ['examples/client/operations.ts'],
      silent: true,
      importExtension: '.ts',
      generates: {
        [FOLDER]: {
          preset: 'client',
          presetConfig: { fragmentMasking: false },
          config: {
            documentMode: 'string',
            enumsAsTypes: true,
            useTypeImports: true,
            strictScalars: true,
            defaultScalarType: 'unknown',
            scalars: {
              DateTime: 'string',
              FilterValue: 'string | number | boolean',
              JSON: 'unknown',
              SafeInt: 'number',
              Vector: 'string | readonly number[]',
            },
          },
        },
      },
    },
    false,
  );
  return Promise.all(files.map(({ filename, content }) => finish(filename, content)));
}

/** Generated code keeps the rules of written code: typed, linted and formatted. */
async function finish(path: string, content: string): Promise<Generated> {
  const text = content
    .replace('/* eslint-disable */\n', '')
    .replaceAll("typeof import('./graphql.ts').", 'typeof types.')
    .replaceAll('(documents as any)', '(documents as Record<string, unknown>)')
    .replaceAll('Record<string, any>', 'Record<string, unknown>');
  const options = await resolveConfig(path);
  return { path, text: await format(text, { ...options, parser: 'typescript' }) };
}

/** The text that is there now; empty where there is none. */
export function textAt(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

if (import.meta.main)
  for (const { path, text } of await generateClient()) {
    if (textAt(path) === text) continue;
    writeFileSync(path, text);
    console.log(path);
  }

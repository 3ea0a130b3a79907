import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { CloseCode } from 'graphql-ws';
import { ERROR_CATALOGUE } from '../../src/engine/errors.ts';
import { renewed } from '../../scripts/tables.ts';

const document = readFileSync('docs/errors.md', 'utf8');
const codes = Object.keys(ERROR_CATALOGUE);

describe('the page on errors', () => {
  test('has the tables as the catalogue has them', () => {
    expect(renewed(document)).toBe(document);
    for (const code of codes) expect(document).toContain(`| \`${code}\` |`);
  });

  test('names no code that is not in the catalogue', () => {
    const named = [...document.matchAll(/\| `([A-Z_]+)` \|/g)].map(([, code]) => code!);
    expect(new Set(named)).toEqual(new Set(codes));
    expect(named.length).toBe(codes.length);
  });

  test('has the close codes of the protocol that this server uses', () => {
    const { BadRequest, Unauthorized, SubprotocolNotAcceptable, ConnectionInitialisationTimeout } = CloseCode;
    const { SubscriberAlreadyExists, TooManyInitialisationRequests, InternalServerError } = CloseCode;
    const used = [
      BadRequest,
      Unauthorized,
      SubprotocolNotAcceptable,
      ConnectionInitialisationTimeout,
      SubscriberAlreadyExists,
      TooManyInitialisationRequests,
      InternalServerError,
    ];
    const shown = [...document.matchAll(/^\| (4\d{3}) \|/gm)].map(([, code]) => Number(code));
    expect(new Set(shown)).toEqual(new Set<number>(used));
  });
});

describe('the catalogue of errors', () => {
  test('has no code that nothing in the source can say', () => {
    const source = globSync('src/**/*.ts')
      .filter((file) => !file.endsWith('error-catalogue.ts') && !file.endsWith('schema/error-code.ts'))
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    // Apollo and graphql-js say these by themselves.
    const theirs = [
      'BAD_USER_INPUT',
      'OPERATION_RESOLUTION_FAILURE',
      'PERSISTED_QUERY_NOT_SUPPORTED',
      'BAD_REQUEST',
    ];
    const unsaid = codes.filter(
      (code) => !theirs.includes(code) && !new RegExp(`\\b${code}\\b`).test(withoutComments(source)),
    );
    expect(unsaid).toEqual([]);
  });
});

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { addLibrary, BOOKS, TASTE } from '../support/library.ts';
import { ensureBuilt, startProcess, temporaryFolder, type ServerProcess } from '../support/process.ts';
import { httpApi } from '../support/http-api.ts';
import { systemClock } from '../../src/engine/system-clock.ts';

/** Lines of a megabyte. */
const ENOUGH = 150;

const folder = temporaryFolder();
let server: ServerProcess;
let url: string;
beforeAll(async () => {
  await ensureBuilt();
  server = startProcess({ DATA_DIR: join(folder.path, 'data'), LOG_LEVEL: 'warn' });
  url = await server.ready;
  await addLibrary(httpApi(url), 'books');
}, 240_000);
afterAll(async () => {
  server.child.kill('SIGTERM');
  await server.ended;
  folder.remove();
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(...args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, ['scripts/load.ts', ...args]);
  const said = { out: '', err: '' };
  child.stdout.on('data', (data) => (said.out += String(data)));
  child.stderr.on('data', (data) => (said.err += String(data)));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...said }));
  return { child, ended };
}
const load = (...args: readonly string[]): Promise<Ended> =>
  start('--url', url, '--collection', 'books', ...args).ended;
const file = (name: string, lines: readonly (string | Buffer)[]): string => {
  const path = join(folder.path, name);
  writeFileSync(path, Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')])));
  return path;
};
const titleOf = async (id: string): Promise<unknown> => {
  const answer = await httpApi(url).ask<{
    readonly document: { readonly fields: { readonly title?: string } } | null;
  }>('query ($id: ID!) { document(collection: "books", id: $id) { fields } }', { id });
  return answer.document?.fields.title;
};
const countOf = async (): Promise<number> => {
  const { collection } = await httpApi(url).ask<{ readonly collection: { readonly documentCount: number } }>(
    '{ collection(name: "books") { documentCount } }',
  );
  return collection.documentCount;
};
const line = (id: string, title: string, vector: unknown = [1, 0]): string =>
  JSON.stringify({ id, fields: { title }, vectors: [{ feature: TASTE, vector }] });

describe('npm run load', () => {
  test('stores every line of a file as a document, later ones in place of earlier ones, and says how many', async () => {
    const lines = Array.from({ length: 2_500 }, (_, place) => line(`l${place % 2_000}`, `Sea ${place}`));
    const ended = await load('--batch', '100', '--in-flight', '3', file('good.ndjson', ['', ...lines, '  ']));
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.out).toMatch(/^2500 documents stored, 0 refused, .* s, \d+\/s\n$/);
    expect(await countOf()).toBe(2_000 + BOOKS.length);
    for (const [id, place] of [
      ['l0', 2_000],
      ['l499', 2_499],
      ['l500', 500],
    ] as const)
      expect(await titleOf(id)).toBe(`Sea ${place}`);
  });

  test('tells each bad line of a hostile file with its reason, and stores all others', async () => {
    const lines = [
      line('h1', 'fine'),
      '{"id": "h2", "fields": {',
      JSON.stringify({ id: 'huge', fields: { title: 'x'.repeat(9_000_000) } }),
      line('h1', 'fine again'),
      line('h3', 'wrong dims', [1, 2, 3]),
      JSON.stringify({ id: 'h4', fields: { colour: 'red' } }),
      '[1, 2]',
      '{"fields": {}}',
      Buffer.from([0x7b, 0xff, 0xfe, 0x7d]),
      JSON.stringify({ id: 'h5', vectors: 'none', surprise: true }),
      line('', 'no id'),
      line('h6', 'fine too', null),
    ];
    const refused = join(folder.path, 'refused.ndjson');
    const before = await countOf();
    const ended = await load('--refused', refused, file('hostile.ndjson', lines));
    expect(ended.code).toBe(1);
    expect(ended.out).toMatch(/^3 documents stored, 9 refused/);
    const told = readFileSync(refused, 'utf8')
      .trim()
      .split('\n')
      .map(
        (one) =>
          JSON.parse(one) as { readonly line: number; readonly id?: string; readonly faults: string[] },
      )
      .sort((a, b) => a.line - b.line);
    const expected: readonly (readonly [number, string | undefined, RegExp])[] = [
      [2, undefined, /^not JSON/],
      [3, undefined, /^longer than 8000000 bytes/],
      [5, 'h3', /^WRONG_DIMENSIONS at vectors\.0\.vector/],
      [6, 'h4', /^UNKNOWN_FIELD at fields\.colour/],
      [7, undefined, /^expected an object/],
      [8, undefined, /^expected a text as its id/],
      [9, undefined, /^not UTF-8/],
      [10, 'h5', /^BAD_USER_INPUT/],
      [11, '', /^INVALID_ID at id/],
    ];
    expect(told.map(({ line: number, id }) => [number, id])).toEqual(
      expected.map(([number, id]) => [number, id]),
    );
    told.forEach(({ faults }, place) => expect(faults[0]).toMatch(expected[place]![2]));
    expect(await titleOf('h1')).toBe('fine again');
    expect(await titleOf('h6')).toBe('fine too');
    expect(await countOf()).toBe(before + 2);
    const again = await load(file('hostile.ndjson', lines));
    expect(again.err).toContain('line 5 (h3): WRONG_DIMENSIONS at vectors.0.vector');
  });

  test('reads standard input, and says what is wrong with a call', async () => {
    const { child, ended } = start('--url', url, '--collection', 'books', '-');
    child.stdin!.end(line('from stdin', 'Standard'));
    expect(await ended).toMatchObject({ code: 0, out: expect.stringMatching(/^1 documents stored/) });
    expect(await titleOf('from stdin')).toBe('Standard');
    const help = await start('--help').ended;
    expect(help).toMatchObject({ code: 0, out: expect.stringContaining('npm run load') });
    const wrong = [
      [[], /expected one file/],
      [['--batch', '0', 'x'], /--batch: expected 1 to 5000/],
      [['nowhere.ndjson'], /ENOENT/],
    ] as const;
    for (const [args, message] of wrong) {
      const { code, err } = await load(...args);
      expect([code, err]).toEqual([1, expect.stringMatching(message)]);
    }
    const none = await start('--url', url, '--collection', 'nope', file('one.ndjson', [line('a', 'a')]))
      .ended;
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining('NOT_FOUND') });
  });
});

describe('npm run load against a server that', () => {
  /** A server that answers as it is told, with how many requests it has got. */
  async function fake(answer: (turn: number) => object | null): Promise<{
    readonly url: string;
    readonly requests: () => number;
    readonly close: () => Promise<void>;
  }> {
    let requests = 0;
    const http = createServer((request, response) => {
      request.resume();
      request.on('end', () => {
        requests += 1;
        const body = answer(requests);
        if (body !== null) response.end(JSON.stringify(body));
      });
    });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    return {
      url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
      requests: () => requests,
      close: async () => {
        http.closeAllConnections();
        http.close();
        await once(http, 'close');
      },
    };
  }
  const stored = {
    data: { indexDocuments: { results: [{ status: 'CREATED', faults: [] }], userErrors: [] } },
  };

  test('is overloaded for a while is met again', async () => {
    const passing = { status: 'REFUSED', faults: [{ code: 'SEARCH_UNAVAILABLE', message: 'busy' }] };
    const answers = [
      { errors: [{ message: 'busy', extensions: { code: 'STORE_UNAVAILABLE', retryable: true } }] },
      { data: { indexDocuments: { results: [passing], userErrors: [] } } },
      stored,
    ];
    const http = await fake((turn) => answers[turn - 1] ?? stored);
    const path = file('busy.ndjson', [line('a', 'a')]);
    const ended = await start('--url', http.url, '--collection', 'books', path).ended;
    expect(ended).toMatchObject({ code: 0, out: expect.stringMatching(/^1 documents stored, 0 refused/) });
    expect(http.requests()).toBe(3);
    await http.close();
  });

  test('does not answer is not sent more, and no more of the file is read', async () => {
    const http = await fake(() => null);
    const { child, ended } = start('--url', http.url, '--collection', 'books', '--batch', '10', '-');
    const text = `${JSON.stringify({ fields: { title: 'x'.repeat(1_000_000) } }).slice(0, -1)},"id":`;
    let taken = 0;
    const feed = (): void => {
      while (child.stdin!.writable && child.stdin!.write(`${text}"${(taken += 1)}"}\n`));
    };
    child.stdin!.on('drain', feed);
    child.stdin!.on('error', () => undefined);
    feed();
    const moves = (): Promise<boolean> =>
      Promise.race([
        once(child.stdin!, 'drain').then(() => true),
        systemClock.delay(2_500).then(() => http.requests() < 4),
      ]);
    // Four requests of 8 MB, the next batch, and what lies in pipes; the writer would go on for ever.
    while (taken < ENOUGH && (await moves()));
    expect(taken).toBeLessThan(ENOUGH);
    expect(http.requests()).toBe(4);
    child.kill('SIGKILL');
    await ended;
    await http.close();
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Page } from 'puppeteer-core';
import { openBrowser, type TestBrowser } from '../support/browser.ts';
import { freePort, startDemoServer, type DemoServer } from '../support/demo-server.ts';

let server: DemoServer;
let site: ChildProcess;
let origin: string;
let browser: TestBrowser;

/** A loaded machine takes its time to bring all of it up. */
const START_MILLISECONDS = 180_000;

beforeAll(async () => {
  const port = await freePort();
  origin = `http://127.0.0.1:${port}`;
  server = await startDemoServer({ CORS_ORIGINS: origin });
  const args = ['examples/page/serve.ts', '--port', String(port), '--server', server.url];
  site = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(site.stdout!, 'data')) as [Buffer];
  expect(line.toString().trim()).toBe(`${origin}/`);
  browser = await openBrowser();
}, START_MILLISECONDS);

afterAll(async () => {
  await browser?.close();
  site?.kill();
  await server?.close();
});

async function searchFor(page: Page, query: string): Promise<void> {
  await page.goto(`${origin}/`);
  await page.type('input[name=query]', query);
  await page.click('#search button');
  await page.waitForSelector('#hits li a');
}

/** The interactions of the server, once it has this many; gives up after a minute. */
async function interactions(count: number): Promise<readonly { readonly documentId: string | undefined }[]> {
  const deadline = server.ports.clock.monotonic() + 60_000;
  for (;;) {
    const { rows } = await server.ports.interactions.list(
      'default',
      { filter: NO_FILTER, order: 'OLDEST' },
      { first: 100, after: null, count: false },
    );
    if (rows.length >= count) return rows.map(({ value }) => ({ documentId: value.document?.documentId }));
    if (server.ports.clock.monotonic() > deadline)
      throw new Error(`expected ${count} interactions, got ${rows.length}`);
    await server.ports.clock.delay(20);
  }
}
const NO_FILTER = {
  retrieverId: null,
  executionId: null,
  user: null,
  session: null,
  document: null,
  kinds: 0,
  state: null,
  since: null,
  until: null,
} as const;

interface Posted {
  readonly data?: {
    readonly execute?: { readonly hits: { readonly nodes: readonly { readonly id: string }[] } };
  };
}

async function post(request: object): Promise<Posted> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(server.url, { method: 'POST', headers, body: JSON.stringify(request) });
  return (await response.json()) as Posted;
}

describe('the example page', () => {
  test('shows hits with the part of each feature, and the weights', async () => {
    const page = await browser.page();
    await searchFor(page, 'beekeepers in winter');
    expect(
      await page.$$eval('#hits li a', (links) => links.map(({ textContent }) => textContent)),
    ).toHaveLength(10);
    const status = await page.$eval('#weights', ({ textContent }) => textContent);
    expect(status).toMatch(/^Weights: title \d+ %, description \d+ %, makers \d+ %, shelf \d+ %/);
    const legend = await page.$$eval('#legend span', (names) => names.map(({ textContent }) => textContent));
    expect(legend).toEqual(['title', 'description', 'makers', 'shelf']);
    const shares = await page.$$eval('#hits li:first-child .parts span', (parts) =>
      parts.map(({ style }) => Number(style.flexGrow)),
    );
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
  });

  test('reports a click although the page is left in the same moment', async () => {
    const page = await browser.page();
    await searchFor(page, 'sailors and storms');
    const clicked = await page.$eval('#hits li:nth-child(2) a', (link) =>
      new URL((link as unknown as { readonly href: string }).href).searchParams.get('id'),
    );
    await Promise.all([page.waitForNavigation(), page.click('#hits li:nth-child(2) a')]);
    expect(page.url()).toBe(`${origin}/book.html?id=${clicked}`);
    expect(await interactions(1)).toEqual([{ documentId: clicked }]);
  });

  test('asks only its own site and the search server', async () => {
    const page = await browser.page();
    const asked = new Set<string>();
    page.on('request', (request) => asked.add(new URL(request.url()).origin));
    await searchFor(page, 'bread');
    asked.delete('null');
    expect([...asked].sort()).toEqual([origin, new URL(server.url).origin].sort());
  });

  test('is refused by the server from any other origin', async () => {
    const page = await browser.page();
    await page.goto(origin.replace('127.0.0.1', 'localhost'));
    await page.type('input[name=query]', 'bread');
    await page.click('#search button');
    await page.waitForFunction(() => document.querySelector('#weights')?.textContent !== '');
    expect(await page.$eval('#weights', ({ textContent }) => textContent)).toContain('no answer from');
    expect(await page.$('#hits li')).toBeNull();
  });

  test('cannot be imitated by a request that a browser sends without asking first', async () => {
    const page = await browser.page();
    await searchFor(page, 'lighthouses');
    const before = (await interactions(0)).length;
    const found = await post({
      query:
        '{ execute(retriever: "demo", inputs: [{ name: "query", text: "ferries" }], first: 1) { hits { nodes { id } } } }',
    });
    const hit = found.data?.execute?.hits.nodes[0]?.id;
    const report = {
      query:
        'mutation ($hit: ID!) { recordInteraction(input: { hit: $hit, kinds: [CLICK] }) { interaction { id } } }',
      variables: { hit },
    };
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])
      await page.evaluate(
        (url, sent, contentType) =>
          fetch(url, {
            method: 'POST',
            mode: 'no-cors',
            headers: { 'content-type': contentType },
            body: sent,
          }).then(() => true),
        server.url,
        JSON.stringify(report),
        type,
      );
    // The same report in the form that the page uses comes through: what failed above is the form, not the content.
    expect(await post(report)).toMatchObject({
      data: { recordInteraction: { interaction: expect.anything() } },
    });
    expect(await interactions(before + 1)).toHaveLength(before + 1);
  });

  test('runs without a fault of its scripts', () => {
    expect(browser.faults).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { createServer as createSite, type Server as Site } from 'node:http';
import { once } from 'node:events';
import { parse, validate, type ExecutableDefinitionNode } from 'graphql';
import type { AddressInfo } from 'node:net';
import type { Page } from 'puppeteer-core';
import { buildReweighSchema } from '../../src/schema/build-schema.ts';
import { openBrowser, type TestBrowser } from '../support/browser.ts';
import { readTabs } from '../../src/graphiql.ts';
import { startDemoServer, type DemoServer } from '../support/demo-server.ts';
import { startServer } from '../support/server.ts';

let server: DemoServer;
let browser: TestBrowser;
let site: Site;
beforeAll(async () => {
  // A page of another origin, for which this server has made no exception, and a second one for which it has.
  site = createSite((request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(request.url === '/next' ? '<p>the next page</p>' : '<a href="/next">a hit</a>');
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  server = await startDemoServer({
    CORS_ORIGINS: `http://127.0.0.1:${(site.address() as AddressInfo).port}`,
  });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  site?.close();
});

/** Opens GraphiQL and keeps every address the page asks for. */
async function openGraphiql(): Promise<{ readonly page: Page; readonly asked: readonly string[] }> {
  const page = await browser.page();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.setViewport({ width: 1_400, height: 900 });
  await page.goto(server.url, { waitUntil: 'load' });
  await page.waitForSelector('.graphiql-execute-button');
  return { page, asked };
}

describe('GraphiQL', () => {
  test('opens in a browser with the ready queries, runs one and shows its answer, asking nobody but this server', async () => {
    const { page, asked } = await openGraphiql();
    const names = readTabs().map(
      (text) => (parse(text).definitions[0] as ExecutableDefinitionNode).name?.value,
    );
    const tabs = await page.$$eval('.graphiql-tab-button', (buttons) =>
      buttons.map((button) => button.textContent),
    );
    expect(tabs).toEqual(names);
    await page.waitForFunction(() =>
      document.querySelector('.graphiql-query-editor')?.textContent?.includes('execute'),
    );
    await page.click('.graphiql-execute-button');
    await page.waitForFunction(() =>
      /"rank": 1\b|"data"/.test(document.querySelector('.result-window')?.textContent ?? ''),
    );
    const shown = await page.$eval('.result-window', (element) => element.textContent ?? '');
    expect(shown.replaceAll('\u00a0', ' ')).toMatch(/"data": \{/);
    expect(shown).not.toMatch(/"errors"/);
    const foreign = asked.filter(
      (url) => !/^(blob:|data:)/.test(url) && new URL(url).origin !== new URL(server.url).origin,
    );
    expect(foreign).toEqual([]);
    expect(asked.length).toBeGreaterThan(1);
    await page.close();
  });

  test('reads the schema, so that it can complete and document', async () => {
    const { page } = await openGraphiql();
    await page.click('button[aria-label="Show Documentation Explorer"]').catch(() => undefined);
    await page.waitForFunction(() =>
      /Query/.test(document.querySelector('.graphiql-doc-explorer')?.textContent ?? ''),
    );
    await page.close();
  });

  test('gives a page only to who asks for one', async () => {
    const html = await fetch(server.url, {
      headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' },
    });
    expect(html.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(html.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await html.text()).not.toMatch(/<(script|link|img)[^>]+(src|href)=["']?https?:/);
    const other = await fetch(server.url, { headers: { accept: 'application/json' } });
    expect(other.headers.get('content-type')).toMatch(/json/);
  });

  test('has tabs with queries that fit the schema', () => {
    const files = globSync('demo/queries/*.graphql').sort();
    expect(files.length).toBeGreaterThan(2);
    expect(readTabs()).toEqual(files.map((file) => readFileSync(file, 'utf8')));
    for (const text of readTabs()) expect(validate(buildReweighSchema(), parse(text))).toEqual([]);
  });
});

describe('a page in a browser', () => {
  const CLICK =
    'mutation ($input: RecordInteractionInput!) { recordInteraction(input: $input) { userErrors { message } } }';
  const SEARCH =
    '{ execute(retriever: "demo", inputs: [{ name: "query", text: "harbour" }]) { hits { nodes { id } } } }';

  /** What the documentation shows: the click is sent as the page goes away. */
  const clickAndGo = (url: string, query: string, hit: string): void => {
    document.querySelector('a')!.addEventListener('click', () => {
      void fetch(url, {
        method: 'POST',
        keepalive: true,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables: { input: { hit, kinds: ['CLICK'] } } }),
      });
    });
    document.querySelector('a')!.click();
  };

  async function firstHit(page: Page): Promise<string> {
    return page.evaluate(
      async (url, query) => {
        const init = {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query }),
        };
        const answer = (await (await fetch(url, init)).json()) as {
          readonly data: {
            readonly execute: { readonly hits: { readonly nodes: readonly { readonly id: string }[] } };
          };
        };
        return answer.data.execute.hits.nodes[0]!.id;
      },
      server.url,
      SEARCH,
    );
  }

  test('on an allowed origin reports a click that survives the page', async () => {
    const page = await browser.page();
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
    const hit = await firstHit(page);
    const recorded = waitForInteraction();
    await Promise.all([page.waitForNavigation(), page.evaluate(clickAndGo, server.url, CLICK, hit)]);
    expect(await page.$eval('p', (element) => element.textContent)).toBe('the next page');
    expect(await recorded).toBe(1);
    await page.close();
  });

  test('on another origin can neither read nor make the server do anything', async () => {
    const strict = await startServer();
    const page = await browser.page();
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
    const outcomes = await page.evaluate(async (url) => {
      const query = 'mutation { add(input: { names: ["forged"] }) { name } }';
      const tries: readonly RequestInit[] = [
        { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) },
        {
          method: 'POST',
          mode: 'no-cors',
          headers: { 'content-type': 'text/plain' },
          body: JSON.stringify({ query }),
        },
        { method: 'POST', mode: 'no-cors', body: new URLSearchParams({ query }) },
      ];
      const read = tries.map((init) =>
        fetch(url, init).then(
          (answer) => answer.text(),
          () => '',
        ),
      );
      const get = fetch(`${url}?query=${encodeURIComponent(query)}`, { mode: 'no-cors' }).then(
        (answer) => answer.text(),
        () => '',
      );
      return Promise.all([...read, get]);
    }, `${strict.url}/graphql`);
    expect(outcomes).toEqual(['', '', '', '']);
    expect(strict.witness.namesAdded).toEqual([]);
    await page.close();
    await strict.server.close();
  });

  /** How many interactions the server has, as soon as it has one. */
  async function waitForInteraction(): Promise<number> {
    const none = {
      retrieverId: null,
      executionId: null,
      user: null,
      session: null,
      document: null,
      kinds: 0,
      state: null,
      since: null,
      until: null,
    };
    for (;;) {
      const page = { first: 10, after: null, count: false };
      const { rows } = await server.ports.interactions.list(
        'default',
        { filter: none, order: 'OLDEST' },
        page,
      );
      if (rows.length > 0) return rows.length;
      await server.ports.clock.delay(20);
    }
  }
});

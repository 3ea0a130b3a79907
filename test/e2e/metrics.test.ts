import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { addLibrary, addRetriever, TASTE, tasteSpec } from '../support/library.ts';
import { answerTo, httpApi } from '../support/http-api.ts';
import { ensureBuilt, startProcess, temporaryFolder, type ServerProcess } from '../support/process.ts';
import { METRICS } from '../../src/request/metric-catalogue.ts';
import { scrape, valueOf } from '../support/metrics.ts';
import { untilWritten } from '../support/production.ts';

const EXECUTE = `query ($inputs: [GivenInput!]) { execute(retriever: "taste", inputs: $inputs) {
  id hits { nodes { id } } } }`;
const RECORD = `mutation ($input: RecordInteractionInput!) {
  recordInteraction(input: $input) { interaction { state } repeated userErrors { code } } }`;
const SEARCHES = 3;

const folder = temporaryFolder();
let server: ServerProcess;
let url: string;
let hits: readonly string[];

beforeAll(async () => {
  await ensureBuilt();
  server = startProcess({ DATA_DIR: folder.path });
  url = await server.ready;
  const api = httpApi(url);
  await addLibrary(api, 'books');
  await addRetriever(api, 'taste', { ...tasteSpec('books'), fusion: { strategy: 'LEARNED' } });
  for (let search = 0; search < SEARCHES; search += 1) {
    const { execute } = await api.ask<{ execute: { hits: { nodes: { id: string }[] } } }>(EXECUTE, {
      inputs: [{ name: 'taste', vector: [1, 0] }],
    });
    hits = execute.hits.nodes.map(({ id }) => id);
  }
});
afterAll(async () => {
  server.child.kill('SIGTERM');
  await server.ended;
  folder.remove();
});

const record = (input: object): Promise<unknown> => answerTo(url, RECORD, { input });

describe('the metrics of a server', () => {
  test('are in the text format of Prometheus, each with its help, and all that the page names', async () => {
    const answer = await fetch(`${url}/metrics`);
    expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const text = await answer.text();
    const named = [...text.matchAll(/^# TYPE (reweigh_\w+) (\w+)$/gm)].map(([, name, kind]) => ({
      name,
      kind,
    }));
    const expected = Object.entries(METRICS).map(([name, { kind }]) => ({ name, kind }));
    const sorted = (all: readonly object[]): readonly string[] =>
      all.map((one) => JSON.stringify(one)).sort();
    expect(sorted(named)).toEqual(sorted(expected));
    expect(text).toContain('process_cpu_seconds_total');
  });

  test('count executions and the time of their stages', async () => {
    const text = await scrape(url);
    expect(valueOf(text, 'reweigh_executions_total{level="prior"}')).toBe(SEARCHES);
    for (const stage of ['plan', 'embed', 'search', 'weigh', 'fuse', 'total'])
      expect(valueOf(text, `reweigh_execution_stage_seconds_count{stage="${stage}"}`)).toBe(SEARCHES);
    const total = valueOf(text, 'reweigh_execution_stage_seconds_sum{stage="total"}');
    const search = valueOf(text, 'reweigh_execution_stage_seconds_sum{stage="search"}');
    expect(total).toBeGreaterThan(search);
    expect(total).toBeLessThan(60);
    // Features are named by users: there may be any number of them.
    expect(text).not.toContain(TASTE);
  });

  test('count interactions by what became of them', async () => {
    const unknown = { execution: null, hit: hits[0]!.slice(0, -2) };
    await record({ hit: hits[0], kinds: ['CLICK'], idempotencyKey: 'one' });
    await record({ hit: hits[0], kinds: ['CLICK'], idempotencyKey: 'one' });
    await record({ hit: hits[1], kinds: ['CLICK'], position: 77 });
    await record({ hit: unknown.hit, kinds: ['CLICK'] });
    const text = await scrape(url);
    expect(valueOf(text, 'reweigh_interactions_total{state="credited"}')).toBe(1);
    expect(valueOf(text, 'reweigh_interactions_total{state="repeated"}')).toBe(1);
    expect(valueOf(text, 'reweigh_interactions_total{state="refused"}')).toBe(2);
  });

  test('count GraphQL operations by type and errors by code', async () => {
    const before = await scrape(url);
    await answerTo(url, '{ retriever(name: "nobody") { id } }');
    await answerTo(url, '{ nothing }');
    await answerTo(url, '{ execute(retriever: "nobody") { id } }');
    const after = await scrape(url);
    const grown = (series: string): number => valueOf(after, series) - valueOf(before, series);
    expect(grown('reweigh_graphql_operations_total{type="query"}')).toBe(2);
    expect(grown('reweigh_graphql_operations_total{type="mutation"}')).toBe(0);
    expect(grown('reweigh_graphql_errors_total{code="GRAPHQL_VALIDATION_FAILED"}')).toBe(1);
    expect(grown('reweigh_graphql_errors_total{code="NOT_FOUND"}')).toBe(1);
    expect(grown('reweigh_http_requests_total{method="POST",route="/graphql",status="200"}')).toBe(2);
    expect(grown('reweigh_http_request_seconds_count{route="/graphql"}')).toBe(3);
  });

  test('show the writers idle, the connections within their limit, and what was remembered fresh', async () => {
    await untilWritten(url);
    const text = await scrape(url);
    for (const log of ['executions', 'interactions']) {
      expect(valueOf(text, `reweigh_writer_pending{log="${log}"}`)).toBe(0);
      expect(valueOf(text, `reweigh_writer_oldest_seconds{log="${log}"}`)).toBe(0);
    }
    const of = (state: string): number => valueOf(text, `reweigh_database_connections{state="${state}"}`);
    expect(of('used') + of('idle')).toBeGreaterThan(0);
    expect(of('used') + of('idle')).toBeLessThanOrEqual(valueOf(text, 'reweigh_database_connections_limit'));
    const ages = (bound: string): number =>
      valueOf(text, `reweigh_cache_age_seconds_bucket{le="${bound}",cache="definitions"}`);
    expect(ages('+Inf')).toBeGreaterThan(SEARCHES);
    expect(ages('1')).toBe(ages('+Inf'));
    expect(valueOf(text, 'reweigh_draining')).toBe(0);
  });
});

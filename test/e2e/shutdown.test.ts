import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connect } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codesOf, post, startServer, until } from '../support/server.ts';
import { ensureBuilt, startProcess, temporaryFolder } from '../support/process.ts';

const folder = temporaryFolder();
beforeAll(ensureBuilt);
afterAll(() => folder.remove());

describe('closing the server', () => {
  test('a request in flight is answered, and then its connection is closed', async () => {
    const it = await startServer();
    const answer = post(it.url, { query: '{ slow(milliseconds: 300) }' });
    await until(() => it.witness.started.length === 1);
    it.health.drain();
    const closed = it.server.close();
    expect((await answer).body).toEqual({ data: { slow: 'at last' } });
    expect((await answer).headers.get('connection')).toBe('close');
    await closed;
    await expect(post(it.url, { query: '{ hello }' })).rejects.toThrow();
  });

  test('connections without a request do not hold it up', async () => {
    const it = await startServer();
    expect(codesOf(await post(it.url, { query: '{ hello }' }))).toEqual([]);
    const idle = connect(it.port, '127.0.0.1');
    await once(idle, 'connect');
    const started = performance.now();
    await it.server.close();
    // At once, not when the client or a deadline ends them.
    expect(performance.now() - started).toBeLessThan(10_000);
    idle.destroy();
  });
});

const search = (url: string, index: number): ReturnType<typeof post> =>
  post(url, {
    query: `query ($inputs: [GivenInput!]!) { execute(retriever: "demo", inputs: $inputs) { id } }`,
    variables: { inputs: [{ name: 'query', text: `harbour ${index}` }] },
  });

describe('SIGTERM', () => {
  test('under load: what was answered is in the log after the next start, the exit is clean', async () => {
    const environment = { DATA_DIR: join(folder.path, 'load'), DEMO: 'true' };
    const first = startProcess(environment);
    const url = await first.ready;
    const answered: string[] = [];
    let refused = 0;
    const clients = Array.from({ length: 4 }, async (_, client) => {
      for (let i = 0; ; i += 1) {
        const answer = await search(url, client * 1_000 + i).catch(() => null);
        if (answer === null) return;
        const { id } = (answer.body.data?.['execute'] ?? { id: null }) as { readonly id: string | null };
        if (id === null) refused += 1;
        else answered.push(id);
      }
    });
    await until(() => answered.length > 100);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    await Promise.all(clients);
    expect(refused).toBe(0);

    const second = startProcess(environment);
    const again = await second.ready;
    for (let start = 0; start < answered.length; start += 100) {
      const ids = answered.slice(start, start + 100);
      const { body } = await post(again, {
        query: 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
        variables: { ids },
      });
      expect(body).toEqual({ data: { nodes: ids.map((id) => ({ id })) } });
    }
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  });

  test('readiness says no before the port is closed', async () => {
    const it = startProcess({ DATA_DIR: join(folder.path, 'delay'), SHUTDOWN_DELAY_MS: '3000' });
    const url = await it.ready;
    it.child.kill('SIGINT');
    const statuses = new Set<number>();
    for (;;) {
      const answer = await fetch(`${url}/health/ready`).catch(() => null);
      if (answer === null) break;
      statuses.add(answer.status);
      await sleep(50);
    }
    expect(statuses).toContain(503);
    expect(await it.ended).toBe(0);
  });

  test('a second signal ends it at once', async () => {
    const it = startProcess({ DATA_DIR: join(folder.path, 'twice'), SHUTDOWN_DELAY_MS: '60000' });
    const url = await it.ready;
    it.child.kill('SIGTERM');
    while ((await fetch(`${url}/health/ready`)).status !== 503) await sleep(20);
    const started = performance.now();
    it.child.kill('SIGTERM');
    expect(await it.ended).toBe(1);
    expect(performance.now() - started).toBeLessThan(30_000);
  });

  test('a request that never ends does not keep it longer than the deadline', async () => {
    const it = startProcess({
      DATA_DIR: join(folder.path, 'stuck'),
      SHUTDOWN_DEADLINE_MS: '700',
      REQUEST_TIMEOUT_MS: '120000',
    });
    const url = new URL(await it.ready);
    const socket = connect(Number(url.port), url.hostname);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{',
    );
    await fetch(`${url.origin}/health/live`);
    const started = performance.now();
    it.child.kill('SIGTERM');
    expect(await it.ended).toBe(1);
    // Without the deadline it would wait for the body, as long as a request may take.
    expect(performance.now() - started).toBeLessThan(50_000);
    expect(it.output.err).toContain('still in flight at the shutdown deadline');
  });
});

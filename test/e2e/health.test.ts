import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../src/engine/system-clock.ts';
import { startServer } from '../support/server.ts';

interface Ready {
  readonly status: string;
  readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly reason?: string }>>;
}

const ready = async (url: string): Promise<{ readonly status: number; readonly body: Ready }> => {
  const answer = await fetch(`${url}/health/ready`);
  return { status: answer.status, body: (await answer.json()) as Ready };
};

describe('health', () => {
  test('an instance whose parts answer is live and ready, and says how its parts are', async () => {
    const it = await startServer({ checks: [{ name: 'database', check: async () => ({ version: 15 }) }] });
    expect((await fetch(`${it.url}/health/live`)).status).toBe(200);
    const { status, body } = await ready(it.url);
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'ready', checks: { database: { ok: true, version: 15 } } });
    await it.server.close();
  });

  test('a part that fails makes it not ready, with the reason; it stays live, and recovers by itself', async () => {
    let down = true;
    const check = async (): Promise<object> => {
      if (down) throw new Error('connection refused');
      return {};
    };
    const it = await startServer({
      checks: [{ name: 'search', check: check as () => Promise<Record<string, unknown>> }],
    });
    const bad = await ready(it.url);
    expect(bad.status).toBe(503);
    expect(bad.body.status).toBe('not ready');
    expect(bad.body.checks['search']).toMatchObject({ ok: false, reason: 'connection refused' });
    expect((await fetch(`${it.url}/health/live`)).status).toBe(200);
    down = false;
    await systemClock.delay(300);
    expect((await ready(it.url)).status).toBe(200);
    await it.server.close();
  });

  test('a part that never answers does not keep the probe waiting', async () => {
    const it = await startServer({
      checks: [{ name: 'database', check: () => new Promise(() => undefined) }],
    });
    const started = performance.now();
    const { status, body } = await ready(it.url);
    // Two seconds, and what a busy machine adds.
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(status).toBe(503);
    expect(body.checks['database']!.reason).toMatch(/no answer within/);
    await it.server.close();
  });

  test('probes that come together share one round of checks', async () => {
    let rounds = 0;
    const check = async (): Promise<Record<string, unknown>> => ({ round: (rounds += 1) });
    const it = await startServer({ checks: [{ name: 'database', check }] });
    await Promise.all(Array.from({ length: 20 }, () => it.health.readiness()));
    expect(rounds).toBe(1);
    await it.server.close();
  });

  test('a draining instance is not ready and still answers', async () => {
    const it = await startServer();
    it.health.drain();
    const { status, body } = await ready(it.url);
    expect(status).toBe(503);
    expect(body.status).toBe('draining');
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ hello }"}',
    };
    const answer = await fetch(`${it.url}/graphql`, init);
    expect(await answer.json()).toEqual({ data: { hello: 'hello' } });
    expect(answer.headers.get('connection')).toBe('close');
    await it.server.close();
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  FAILED,
  PAGE,
  idsOf,
  uuidOf,
  withBackend,
  openSearchApi,
  type SearchApi,
} from '../support/executions.ts';
import { decodeGlobalId } from '../../src/engine/ids.ts';
import { ReweighError } from '../../src/engine/errors.ts';

let api: SearchApi;
beforeAll(async () => {
  api = await openSearchApi();
});
afterAll(() => api.close());

describe('execution keys', () => {
  test('a retry with the same key is the same execution, with one impression', async () => {
    const key = 'key "1" 🦉';
    const [one, two] = await Promise.all([api.execute({ key, first: 2 }), api.execute({ key, first: 2 })]);
    const three = await api.execute({ key, first: 2 });
    expect([two!.id, three.id]).toEqual([one!.id, one!.id]);
    expect(three.hits.nodes.map(({ id }) => id)).toEqual(one!.hits.nodes.map(({ id }) => id));
    expect(three['executionKey']).toBe(key);
    await api.ports.executions.flush();
    expect(await api.ports.executions.impressions('default', uuidOf(one!.id))).toHaveLength(1);
  });

  test('the same key for another request is refused', async () => {
    await api.execute({ key: 'key 2' });
    const refusal = await api.executeRefused({ key: 'key 2', inputs: [{ name: 'taste', vector: [0, 1] }] });
    expect(refusal).toMatchObject({ code: 'EXECUTION_KEY_CONFLICT', retryable: false });
  });

  test('a key of a failed execution can be used again', async () => {
    const backend = withBackend(api, { search: (requests) => Promise.resolve(requests.map(() => FAILED)) });
    expect((await api.executeRefused({ key: 'key 3' }, { ports: { backend } })).code).toBe(
      'ALL_FEATURES_FAILED',
    );
    expect(idsOf(await api.execute({ key: 'key 3' }))).toHaveLength(4);
  });

  test('a key with learn: false is refused: there is nothing to find again', async () => {
    expect((await api.executeRefused({ key: 'key 4', learn: false })).faults).toEqual([
      'INVALID_VALUE at executionKey',
    ]);
  });
});

describe('a caller that gives up', () => {
  test('gets the reason, leaves no record, and its execution key can be used again', async () => {
    const operation = new AbortController();
    const told: string[] = [];
    const backend = withBackend(api, {
      search: async (requests, deadline, caller) => {
        caller?.signal.addEventListener('abort', () => told.push(caller.requestId));
        const outcomes = await api.ports.backend.search(requests, deadline, caller);
        operation.abort(new ReweighError('DEADLINE_EXCEEDED', 'too late'));
        return outcomes;
      },
    });
    const offered: unknown[] = [];
    const executions = new Proxy(api.ports.executions, {
      get: (log, name) => {
        if (name === 'offer') return (record: unknown) => offered.push(record) > 0;
        const value: unknown = Reflect.get(log, name);
        return typeof value === 'function' ? (value.bind(log) as unknown) : value;
      },
    });
    const options = { signal: operation.signal, ports: { backend, executions } };
    const refusal = await api.executeRefused({ key: 'given up' }, options);
    expect(refusal).toMatchObject({ code: 'DEADLINE_EXCEEDED', message: 'too late' });
    expect(told).toEqual(['request-1']);
    expect(offered).toEqual([]);
    expect(idsOf(await api.execute({ key: 'given up' }))).toHaveLength(4);
  });
});

describe('learn: false', () => {
  test('leaves no trace: no record, no impression, no user; its hits cannot be reported', async () => {
    const before = await countRows();
    const execution = await api.execute({ learn: false, user: 'a ghost' });
    expect(await countRows()).toEqual(before);
    expect(execution.logged).toBe(false);
    expect(idsOf(execution)).toEqual(['sea', 'lake', 'drum', 'stone']);
    expect(execution.hits.nodes.map(({ id }) => decodeGlobalId(id)?.type)).toEqual(
      Array(4).fill('UnrecordedHit'),
    );
    expect((await api.refused(PAGE, { execution: execution.id })).code).toBe('EXECUTION_NOT_STORED');
    await api.execute({ user: 'a ghost' });
    expect(await countRows()).not.toEqual(before);
  });

  async function countRows(): Promise<unknown> {
    const { executions } = api.ports;
    await executions.flush();
    const filter = { retrieverId: null, user: null, session: null, since: null, until: null };
    const page = { first: 1, after: null, count: true };
    const all = await executions.list('default', filter, page);
    return [all.total, (await executions.list('default', { ...filter, user: 'a ghost' }, page)).total];
  }
});

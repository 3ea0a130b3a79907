import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { encodeGlobalId, uuidV7 } from '../../src/engine/ids.ts';
import { openReportApi, RECORD, type ReportApi } from '../support/reports.ts';
import { ReweighError } from '../../src/engine/errors.ts';
import type { Execution } from '../support/executions.ts';

let api: ReportApi;
let execution: Execution;
beforeAll(async () => {
  api = await openReportApi();
  execution = await api.search();
});
afterAll(() => api.close());

const hit = (rank: number): string => execution.hits.nodes[rank - 1]!.id;
const minutesAhead = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();

describe('recordInteraction', () => {
  test('needs a hit and a kind, and takes the rest from the record', async () => {
    const { interaction, userErrors, repeated } = await api.record({ hit: hit(2), kinds: ['CLICK'] });
    const { documentId } = execution.hits.nodes[1]!;
    expect(userErrors).toEqual([]);
    expect(repeated).toBe(false);
    expect(interaction).toMatchObject({
      hit: hit(2),
      position: 2,
      documentId,
      document: { documentId },
      kinds: ['CLICK'],
      user: null,
      state: 'CREDITED',
      reason: null,
      execution: { id: execution.id },
    });
    const { node } = await api.ask<{ readonly node: object }>(
      `query ($id: ID!) { node(id: $id) { __typename id ... on Interaction { position } } }`,
      { id: interaction.id },
    );
    expect(node).toEqual({ __typename: 'Interaction', id: interaction.id, position: 2 });
  });

  test('names a hit by execution and document, carries several kinds and whatever the client adds', async () => {
    const given = {
      execution: execution.id,
      documentId: 'lake',
      kinds: ['LONG_VIEW', 'CLICK'],
      user: '😀"\\',
      session: 's'.repeat(512),
      occurredAt: '2025-03-01T12:00:00.000Z',
      metadata: { dwell: 41.5, list: [null, '😀'] },
    };
    const { interaction } = await api.record(given);
    const { execution: of, ...same } = given;
    expect(interaction).toMatchObject({
      ...same,
      execution: { id: of },
      kinds: ['CLICK', 'LONG_VIEW'],
      state: 'CREDITED',
    });
  });

  test('keeps what concerns an execution, which earns nothing', async () => {
    const { interaction } = await api.record({ execution: execution.id, kinds: ['QUERY_REFINEMENT'] });
    expect(interaction).toMatchObject({
      hit: null,
      position: null,
      state: 'UNCREDITED',
      reason: 'OF_EXECUTION',
    });
  });

  test('stores a repetition with the same key once, and refuses the key for anything else', async () => {
    const input = { hit: hit(1), kinds: ['CLICK'], idempotencyKey: 'click-1', metadata: { a: 1 } };
    const first = await api.record(input);
    const again = await api.record(input);
    expect(again).toMatchObject({ repeated: true, interaction: { id: first.interaction.id } });
    const other = await api.record({ ...input, kinds: ['PURCHASE'] });
    expect(other).toMatchObject({
      interaction: null,
      userErrors: [{ __typename: 'IdempotencyConflictError', code: 'IDEMPOTENCY_CONFLICT' }],
    });
  });

  test('a time up to 5 minutes ahead is taken for now', async () => {
    const { interaction } = await api.record({ hit: hit(1), kinds: ['VIEW'], occurredAt: minutesAhead(4) });
    expect(interaction['occurredAt']).toBe(interaction['receivedAt']);
  });

  test('waits for an execution it has just served, and is PENDING for one it does not know', async () => {
    const fresh = await api.search();
    const { interaction } = await api.record({ hit: fresh.hits.nodes[0]!.id, kinds: ['CLICK'] });
    expect(interaction).toMatchObject({ state: 'CREDITED' });
    const unknown = encodeGlobalId({ type: 'Hit', id: uuidV7(new Date()), rank: 1 });
    expect((await api.record({ hit: unknown, kinds: ['CLICK'] })).interaction).toMatchObject({
      state: 'PENDING',
      execution: null,
      documentId: null,
    });
  });

  test.each<[string, (hit: string) => Readonly<Record<string, unknown>>, string]>([
    ['neither hit nor execution', () => ({ kinds: ['CLICK'] }), 'REQUIRED at hit'],
    [
      'both hit and execution',
      (id) => ({ hit: id, execution: id, kinds: ['CLICK'] }),
      'INVALID_VALUE at hit',
    ],
    ['an id of something else', () => ({ hit: execution.id, kinds: ['CLICK'] }), 'INVALID_ID at hit'],
    ['no kind', (id) => ({ hit: id, kinds: [] }), 'REQUIRED at kinds'],
    ['a kind twice', (id) => ({ hit: id, kinds: ['CLICK', 'CLICK'] }), 'DUPLICATE at kinds'],
    [
      'a kind of executions on a hit',
      (id) => ({ hit: id, kinds: ['ZERO_RESULTS'] }),
      'INVALID_VALUE at kinds',
    ],
    [
      'a kind of hits on an execution',
      () => ({ execution: execution.id, kinds: ['CLICK'] }),
      'INVALID_VALUE at kinds',
    ],
    ['position 0', (id) => ({ hit: id, kinds: ['CLICK'], position: 0 }), 'OUT_OF_RANGE at position'],
    [
      'more than 5 minutes ahead',
      (id) => ({ hit: id, kinds: ['CLICK'], occurredAt: minutesAhead(6) }),
      'OUT_OF_RANGE at occurredAt',
    ],
    [
      '1 MB of metadata',
      (id) => ({ hit: id, kinds: ['CLICK'], metadata: { text: 'x'.repeat(1_000_000) } }),
      'OUT_OF_RANGE at metadata',
    ],
    [
      'a user of 513 bytes',
      (id) => ({ hit: id, kinds: ['CLICK'], user: 'u'.repeat(513) }),
      'INVALID_ID at user',
    ],
    ['a session with NUL', (id) => ({ hit: id, kinds: ['CLICK'], session: 'a\0' }), 'INVALID_ID at session'],
    [
      'an empty key',
      (id) => ({ hit: id, kinds: ['CLICK'], idempotencyKey: '' }),
      'INVALID_ID at idempotencyKey',
    ],
  ])('refuses %s', async (_, input, fault) => {
    expect((await api.recordRefused(input(hit(1)))).faults).toEqual([fault]);
  });

  test('refuses unknown kinds, hits beyond the served order and positions that are not theirs', async () => {
    expect((await api.recordRefused({ hit: hit(1), kinds: ['KISS'] })).code).toBe('BAD_USER_INPUT');
    const beyond = encodeGlobalId({ type: 'Hit', id: idOf(execution.id), rank: 400 });
    expect((await api.recordRefused({ hit: beyond, kinds: ['CLICK'] })).faults).toEqual([
      'OUT_OF_RANGE at hit',
    ]);
    expect(await api.record({ hit: hit(3), kinds: ['CLICK'], position: 2 })).toMatchObject({
      interaction: null,
      userErrors: [{ code: 'CONTRADICTS_RECORD', path: ['position'] }],
    });
    expect(
      await api.record({ execution: execution.id, documentId: 'nothing', kinds: ['CLICK'] }),
    ).toMatchObject({
      userErrors: [{ code: 'NOT_FOUND', path: ['documentId'] }],
    });
  });

  test('names all faults at once', async () => {
    const { faults } = await api.recordRefused({ kinds: [], position: -1, user: '' });
    expect(faults).toEqual([
      'REQUIRED at hit',
      'REQUIRED at kinds',
      'OUT_OF_RANGE at position',
      'INVALID_ID at user',
    ]);
  });

  test('refuses hits that left no trace, and those of another namespace', async () => {
    const traceless = await api.search({ learn: false });
    const refused = await api.recordRefused({ hit: traceless.hits.nodes[0]!.id, kinds: ['CLICK'] });
    expect(refused.faults).toEqual(['NOT_RECORDED at hit']);
    const foreign = await api.record({ hit: hit(1), kinds: ['CLICK'] }, { namespace: 'elsewhere' });
    expect(foreign.userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  });

  test('a database that is gone is said to be, so that the client tries again', async () => {
    const interactions = {
      ...api.ports.interactions,
      record: () => Promise.reject(new ReweighError('STORE_UNAVAILABLE', 'gone')),
    };
    const input = { hit: hit(1), kinds: ['CLICK'] };
    const refusal = await api.refused(RECORD, { input }, { ports: { interactions } });
    expect(refusal).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
  });
});

describe('recordInteractions', () => {
  test('takes each for itself: a bad one never spoils the rest', async () => {
    const answer = await api.recordMany([
      { hit: hit(1), kinds: ['CLICK'] },
      { hit: 'nonsense', kinds: ['CLICK'] },
      { hit: hit(2), kinds: ['CLICK'], position: 1 },
      { hit: hit(3), kinds: ['PURCHASE'], idempotencyKey: 'twice' },
      { hit: hit(3), kinds: ['PURCHASE'], idempotencyKey: 'twice' },
    ]);
    expect(answer).toMatchObject({ recorded: 3, refused: 2 });
    expect(answer.results.map(({ index, status }) => [index, status])).toEqual([
      [0, 'RECORDED'],
      [1, 'REFUSED'],
      [2, 'REFUSED'],
      [3, 'RECORDED'],
      [4, 'REPEATED'],
    ]);
    expect(answer.results[1]!.faults).toEqual([{ code: 'INVALID_ID', path: ['interactions', '1', 'hit'] }]);
    expect(answer.results[2]!.faults).toEqual([
      { code: 'CONTRADICTS_RECORD', path: ['interactions', '2', 'position'] },
    ]);
  });

  test('takes up to 1,000 at once', async () => {
    const click = { hit: hit(1), kinds: ['CLICK'] };
    expect((await api.recordMany(Array.from({ length: 1_000 }, () => click))).recorded).toBe(1_000);
    for (const count of [0, 1_001])
      await expect(api.recordMany(Array.from({ length: count }, () => click))).rejects.toThrow('1 to 1000');
  });
});

const idOf = (id: string): ReturnType<typeof uuidV7> => {
  const hex = Buffer.from(id, 'base64url').subarray(1).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') as ReturnType<typeof uuidV7>;
};

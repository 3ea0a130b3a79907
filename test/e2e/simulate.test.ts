import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startDemoServer, type DemoServer } from '../support/demo-server.ts';

/** Pages played; enough that the weights have left the prior. */
const PAGES = 200;
/**
 * How far learned weights may fall below equal ones by chance, in NDCG@10: about thirty judged queries a segment, whose
 * two figures differ with a deviation of about .1, give the mean of the segments an error of .013; three of those.
 */
const NOISE = 0.04;

let server: DemoServer;
beforeAll(async () => {
  server = await startDemoServer();
});
afterAll(() => server.close());

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function simulate(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, ['scripts/simulate.ts', ...args]);
  const said = { out: '', err: '' };
  child.stdout.on('data', (data) => (said.out += String(data)));
  child.stderr.on('data', (data) => (said.err += String(data)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...said };
}

interface Row {
  readonly before: number;
  readonly after: number;
  readonly best: number;
}

/** Rows of the printed table, by segment. */
function tableOf(out: string): ReadonlyMap<string, Row> {
  const cells = out.split('\n').map((line) => line.split('│').map((cell) => cell.trim()));
  return new Map(
    cells
      .filter((row) => row.length === 7 && Number.isFinite(Number(row[2])))
      .map((row) => [row[1]!, { before: Number(row[2]), after: Number(row[3]), best: Number(row[5]) }]),
  );
}

const meanOf = (rows: Iterable<Row>, value: (row: Row) => number): number => {
  const values = [...rows].map(value);
  return values.reduce((sum, one) => sum + one, 0) / values.length;
};

const hasLearned = (rows: ReadonlyMap<string, Row>): boolean =>
  meanOf(rows.values(), ({ after }) => after) >= meanOf(rows.values(), ({ before }) => before) - NOISE;

describe('npm run simulate', () => {
  test('plays users, shows progress and a table, and what was learned is not below equal weights', async () => {
    const { code, out, err } = await simulate('--url', server.url, '--pages', String(PAGES));
    expect({ code, err }).toEqual({ code: 0, err: '100 of 200 pages\n200 of 200 pages\n' });
    expect(out).toMatch(/200 pages and \d+ interactions in/);
    const rows = tableOf(out);
    expect([...rows.keys()].length).toBeGreaterThanOrEqual(2);
    for (const row of rows.values()) {
      expect(row.before).toBeGreaterThan(0.1);
      expect(row.best).toBeGreaterThanOrEqual(row.before - NOISE);
    }
    expect(hasLearned(rows)).toBe(true);
    // The comparison notices weights that have become worse.
    const spoiled = new Map(
      [...rows].map(([name, row]) => [name, { ...row, after: row.before - 2 * NOISE }]),
    );
    expect(hasLearned(spoiled)).toBe(false);
  });

  test('explains itself, and ends with 1 where there is no server or an option makes no sense', async () => {
    const help = await simulate('--help');
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toContain('--pages');
    const nobody = await simulate('--url', 'http://127.0.0.1:1');
    expect(nobody.code).toBe(1);
    expect(nobody.err).toMatch(/^no server answers at .+npm start/);
    expect(await simulate('--pages', 'many')).toMatchObject({
      code: 1,
      err: '--pages: expected 1 or more, got many\n',
    });
    expect(await simulate('--colour', 'red')).toMatchObject({ code: 1 });
  });
});

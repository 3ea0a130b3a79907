import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startDemoServer, type DemoServer } from '../support/demo-server.ts';

const run = promisify(execFile);
let server: DemoServer;

/** A loaded machine takes its time to bring all of it up. */
const START_MILLISECONDS = 180_000;

beforeAll(async () => {
  server = await startDemoServer();
}, START_MILLISECONDS);
afterAll(() => server.close());

const search = async (...args: readonly string[]): Promise<readonly string[]> => {
  const { stdout } = await run(process.execPath, [
    'examples/node/search.ts',
    '--server',
    server.url,
    ...args,
  ]);
  return stdout.trimEnd().split('\n');
};

describe('the example script', () => {
  test('prints the weights and ten hits with the part of each feature', async () => {
    const [weights, ...hits] = await search('beekeepers', 'in', 'winter');
    expect(weights).toBe(
      'weights: title 25 %, description 25 %, makers 25 %, shelf 25 % (PRIOR: no rewarded impression yet: the prior is served as it is)',
    );
    expect(hits).toHaveLength(10);
    hits.forEach((hit, index) =>
      expect(hit).toMatch(new RegExp(`^${index + 1}\\. .+ \\[\\w+ \\d+ %(, \\w+ \\d+ %)*\\]$`)),
    );
  });

  test('reports a click, which counts when it is answered', async () => {
    const lines = await search('--click', '2', 'beekeepers');
    expect(lines.at(-1)).toBe('clicked 2: CREDITED');
    const [weights] = await search('sailors');
    expect(weights).toMatch(/\(GLOBAL: everybody has 1 rewarded impression on \d pages?\)$/);
  });

  test('says what is wrong and ends with a failure', async () => {
    await expect(search('--click', '99', 'sailors')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is no hit of rank 99'),
    });
    await expect(search()).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('BAD_INPUT: 4 faults'),
    });
  });
});

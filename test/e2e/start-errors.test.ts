import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { readFileSync, writeFileSync } from 'node:fs';
import { VARIABLES } from '../../src/config-variables.ts';
import {
  ensureBuilt,
  runMain,
  startProcess,
  temporaryFolder,
  type ServerProcess,
} from '../support/process.ts';

const folder = temporaryFolder();
let taken: Server;
let takenPort: number;
beforeAll(async () => {
  await ensureBuilt();
  taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  takenPort = (taken.address() as AddressInfo).port;
});
afterAll(() => {
  taken.close();
  folder.remove();
});

/** What it says when it cannot start: its exit code, and its lines on standard error. */
async function complaint(
  started: ServerProcess,
): Promise<{ readonly code: number | null; readonly text: string }> {
  const code = await started.ended;
  expect(started.output.out).toBe('');
  const text = started.output.err;
  expect(text).not.toMatch(/\n {4}at |node:internal/);
  return { code, text };
}

describe('a server that cannot start', () => {
  test('lists every variable that cannot be used, and what would be', async () => {
    const { code, text } = await complaint(
      startProcess({ PORT: '70000', LOG_LEVEL: 'loud', MAX_DEPTH: '0' }),
    );
    expect(code).toBe(1);
    expect(text).toMatch(/^CONFIG_INVALID: 3 faults:/);
    expect(text).toContain('PORT: expected 0 to 65535, got "70000"');
    expect(text).toContain(
      'LOG_LEVEL: expected one of fatal, error, warn, info, debug, trace, silent, got "loud"',
    );
    expect(text).toContain('MAX_DEPTH: expected 1 to 100, got "0"');
  });

  test('refuses an address that others can reach, and names the way out', async () => {
    const { code, text } = await complaint(startProcess({ HOST: '0.0.0.0' }));
    expect(code).toBe(1);
    expect(text).toMatch(/^HOST_NOT_LOOPBACK: /);
    expect(text).toContain('ALLOW_UNAUTHENTICATED=true');
  });

  test('says that the port is in use, and lets the data folder go', async () => {
    const dataDir = join(folder.path, 'port');
    const { code, text } = await complaint(
      startProcess({ DATA_DIR: dataDir, PORT: String(takenPort), LOG_LEVEL: 'silent' }),
    );
    expect(code).toBe(1);
    expect(text).toMatch(new RegExp(`^PORT_IN_USE: another process listens on 127.0.0.1:${takenPort}`));
    const next = startProcess({ DATA_DIR: dataDir });
    await next.ready;
    next.child.kill('SIGTERM');
    expect(await next.ended).toBe(0);
  });

  test('says that another process has the folder, which stays unharmed', async () => {
    const dataDir = join(folder.path, 'locked');
    const first = startProcess({ DATA_DIR: dataDir });
    const url = await first.ready;
    const { code, text } = await complaint(startProcess({ DATA_DIR: dataDir }));
    expect(code).toBe(1);
    expect(text).toMatch(/^DATA_DIR_LOCKED: another process/);
    expect(text).toContain(dataDir);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
  });

  test('says that the folder cannot be written', async () => {
    const file = join(folder.path, 'file');
    writeFileSync(file, '');
    const { code, text } = await complaint(startProcess({ DATA_DIR: join(file, 'below') }));
    expect(code).toBe(1);
    expect(text).toMatch(/^DATA_DIR_NOT_WRITABLE: /);
  });

  test('says that the database cannot be reached, without its password', async () => {
    const { code, text } = await complaint(
      startProcess({
        DATABASE_URL: 'postgres://someone:s3cret@127.0.0.1:1/reweigh',
        DATABASE_CONNECT_TIMEOUT_MS: '1000',
      }),
    );
    expect(code).toBe(1);
    expect(text).toMatch(/^DATABASE_UNAVAILABLE: the database 127.0.0.1:1\/reweigh cannot be opened/);
    expect(text).not.toContain('s3cret');
  });

  test('says that Node.js is too old', async () => {
    const pretend =
      "data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})";
    const { code, text } = await complaint(startProcess({}, ['--import', pretend]));
    expect(code).toBe(1);
    expect(text).toMatch(/^NODE_TOO_OLD: this is Node.js 20.20.2/);
  });
});

describe('the command line', () => {
  test('--help lists every variable with its default', async () => {
    const { output, ended } = runMain(['--help']);
    expect(await ended).toBe(0);
    for (const [name, { default: fallback }] of Object.entries(VARIABLES))
      expect(output.out).toContain(`  ${name} = ${fallback}`);
  });

  test('--version tells the version of the package', async () => {
    const { output, ended } = runMain(['--version']);
    expect(await ended).toBe(0);
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
    expect(output.out).toBe(`${version}\n`);
  });

  test('an argument it does not know is refused', async () => {
    const { output, ended } = runMain(['--port=4000']);
    expect(await ended).toBe(1);
    expect(output.err).toContain('"--port=4000"');
  });
});

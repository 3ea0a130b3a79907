import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Test files that run side by side take turns with what only one of them may have at a time. The turn is a folder in
 * the one that the variable TEST_TURNS names; without it, nobody waits. Resolves with what ends the turn.
 */
export async function takeTurn(name: string): Promise<() => void> {
  const turns = process.env['TEST_TURNS'];
  return turns === undefined ? () => undefined : takeLock(join(turns, name));
}

/** Waits until no other process that runs has the lock, a folder that is made; resolves with what gives it back. */
export async function takeLock(lock: string): Promise<() => void> {
  const holder = join(lock, 'pid');
  for (;;) {
    try {
      mkdirSync(lock);
      writeFileSync(holder, String(process.pid));
      return () => rmSync(lock, { recursive: true, force: true });
    } catch {
      if (!isHeld(holder)) rmSync(lock, { recursive: true, force: true });
      await sleep(200);
    }
  }
}

/** Whether the process that holds it still runs; true while it has not written who it is. */
function isHeld(holder: string): boolean {
  try {
    return process.kill(Number(readFileSync(holder, 'utf8')), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

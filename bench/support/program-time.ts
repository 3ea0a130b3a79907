import { readdirSync, readFileSync } from 'node:fs';

/** Microseconds in a tick of the kernel's accounts. */
const TICK = 10_000;

/**
 * Processor time of all processes of a program on this machine and of their children that have ended, in microseconds,
 * in steps of 10 ms; NaN where the system does not tell (it is read from /proc).
 */
export function programTime(program: 'java' | 'postgres'): number {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((id) => timeOf(id, program))
      .reduce((sum, time) => sum + time, 0);
  } catch {
    return NaN;
  }
}

function timeOf(id: string, program: string): number {
  const stat = statOf(id);
  const end = stat.lastIndexOf(')');
  if (stat.slice(stat.indexOf('(') + 1, end) !== program) return 0;
  // utime, stime, and both of children that were waited for.
  const ticks = stat
    .slice(end + 2)
    .split(' ')
    .slice(11, 15);
  return ticks.reduce((sum, count) => sum + Number(count), 0) * TICK;
}

/** Empty where the process has ended meanwhile. */
function statOf(id: string): string {
  try {
    return readFileSync(`/proc/${id}/stat`, 'utf8');
  } catch {
    return '';
  }
}

import { spawnSync } from 'node:child_process';

/** Compiles src/ where it has changed. What has decorators runs only from dist/. */
export function ensureBuilt(): void {
  const built = spawnSync(process.execPath, ['scripts/build.ts', '--if-stale'], { stdio: 'inherit' });
  if (built.status !== 0) throw new Error('src/ does not compile');
}

/** A module of dist/, as its source in src/ declares it. */
export async function built<Module>(file: string): Promise<Module> {
  return (await import(new URL(`../../dist/${file}`, import.meta.url).href)) as Module;
}

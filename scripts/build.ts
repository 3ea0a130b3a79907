/**
 * Compiles src/ to dist/ with the TypeScript compiler.
 *   node scripts/build.ts              always
 *   node scripts/build.ts --if-stale   only when a source is newer than the last build
 * The new dist/ takes the place of the old one when it is complete, so builds at the same time do no harm.
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

const STAMP = '.built';
const COPIED = ['src/schema/schema.graphql', ...globSync('demo/*.ndjson')];
const sources = [...globSync('src/**/*.ts'), 'tsconfig.json', 'tsconfig.build.json', 'package.json'];

const started = new Date();
const newest = Math.max(...[...sources, ...COPIED.filter(existsSync)].map((file) => statSync(file).mtimeMs));
const stamp = join('dist', STAMP);
const fresh = existsSync(stamp) && statSync(stamp).mtimeMs >= newest;
if (process.argv.includes('--if-stale') && fresh) process.exit(0);

const target = join('node_modules', `.reweigh-build-${process.pid}`);
const swept = join('node_modules', `.reweigh-swept-${process.pid}`);
const buildInfo = join(target, '.tsbuildinfo');
const compiled = spawnSync(
  process.execPath,
  [
    'node_modules/typescript/bin/tsc',
    '-p',
    'tsconfig.build.json',
    '--outDir',
    target,
    '--tsBuildInfoFile',
    buildInfo,
  ],
  { stdio: 'inherit' },
);
if (compiled.status !== 0) {
  rmSync(target, { recursive: true, force: true });
  process.exit(compiled.status ?? 1);
}
for (const file of COPIED.filter(existsSync)) {
  const copy = join(target, file.replace(/^src\//, ''));
  mkdirSync(dirname(copy), { recursive: true });
  copyFileSync(file, copy);
}
// A source that changed while the compiler ran must count as newer than this build.
writeFileSync(join(target, STAMP), '');
utimesSync(join(target, STAMP), started, started);
try {
  if (existsSync('dist')) renameSync('dist', swept);
  renameSync(target, 'dist');
} catch (error) {
  // Another build put its own there a moment ago; it compiled the same sources.
  rmSync(target, { recursive: true, force: true });
  if (!existsSync(stamp)) throw error;
}
rmSync(swept, { recursive: true, force: true });

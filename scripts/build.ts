/**
 * Compiles src/ to dist/ with the TypeScript compiler.
 *   node scripts/build.ts              always
 *   node scripts/build.ts --if-stale   only when a source is newer than the last build
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

const STAMP = 'dist/.built';
const COPIED = ['src/schema/schema.graphql', ...globSync('demo/*.ndjson')];
const sources = [...globSync('src/**/*.ts'), 'tsconfig.json', 'tsconfig.build.json', 'package.json'];

const newest = Math.max(...[...sources, ...COPIED.filter(existsSync)].map((file) => statSync(file).mtimeMs));
const fresh = existsSync(STAMP) && statSync(STAMP).mtimeMs >= newest;
if (process.argv.includes('--if-stale') && fresh) process.exit(0);

rmSync('dist', { recursive: true, force: true });
const compiled = spawnSync(
  process.execPath,
  ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'],
  {
    stdio: 'inherit',
  },
);
if (compiled.status !== 0) process.exit(compiled.status ?? 1);
for (const file of COPIED.filter(existsSync)) {
  const target = file.replace(/^src\//, 'dist/').replace(/^demo\//, 'dist/demo/');
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(file, target);
}
writeFileSync(STAMP, '');
utimesSync(STAMP, new Date(), new Date());

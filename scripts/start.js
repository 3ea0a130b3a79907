// What `npm start` runs: compiles src/ where it has changed, then starts the server in this process.
// Plain JavaScript, so that an old Node.js gets to the message instead of failing on syntax it does not know.
import { spawnSync } from 'node:child_process';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 24;
const root = fileURLToPath(new URL('..', import.meta.url));

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  process.stderr.write(
    `NODE_TOO_OLD: this is Node.js ${process.versions.node}. ` +
      'Start with npm start, which brings its own where npm ci could install it, or install Node.js 24.\n',
  );
  process.exit(1);
}
const built = spawnSync(process.execPath, ['scripts/build.ts', '--if-stale'], {
  cwd: root,
  stdio: 'inherit',
});
if (built.status !== 0) process.exit(built.status ?? 1);

// What was compiled is kept beside the dependencies; where it cannot be, everything is compiled again each time.
module.enableCompileCache(`${root}node_modules/.cache/reweigh/compiled`);

// npm hands a signal on to its shell only, and a shell that dies leaves its child behind: notice that, and stop.
const shell = process.ppid;
if (process.env['npm_lifecycle_event'] !== undefined)
  setInterval(() => {
    if (process.ppid !== shell) process.kill(process.pid, 'SIGTERM');
  }, 250).unref();
await import('../dist/main.js');

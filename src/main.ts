/**
 * The process: arguments and environment, then the server until a signal ends it. Nothing that needs a newer
 * Node.js may be imported before its version is known to be new enough.
 */
import { ERROR_CATALOGUE } from './engine/error-catalogue.ts';

const OLDEST_NODE = 24;

async function main(): Promise<void> {
  const [major] = process.versions.node.split('.').map(Number);
  if (major === undefined || major < OLDEST_NODE) {
    const { meaning, action } = ERROR_CATALOGUE.NODE_TOO_OLD;
    process.stderr.write(`NODE_TOO_OLD: this is Node.js ${process.versions.node}. ${meaning} ${action}\n`);
    process.exitCode = 1;
    return;
  }
  const { runCommand } = await import('./cli.ts');
  await runCommand(process.argv.slice(2));
}

await main();

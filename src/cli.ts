import { readFileSync } from 'node:fs';
import { beginEmbedded } from './store/begin-embedded.ts';
import { describeFault } from './start-fault.ts';
import { readConfig } from './config.ts';
import { VARIABLES } from './config-variables.ts';

const USAGE = `Usage: npm start [-- --help | --version]

Starts the Reweigh server. It is configured by environment variables:
`;

/** Runs the command line: --help, --version, or, without arguments, the server. */
export async function runCommand(args: readonly string[]): Promise<void> {
  const [first] = args;
  if (first === '--help' || first === '-h') return say(`${USAGE}\n${variableList()}`);
  if (first === '--version' || first === '-v') return say(readVersion());
  if (first !== undefined) {
    process.stderr.write(`Unknown argument ${JSON.stringify(first)}.\n\n${USAGE}`);
    process.exitCode = 1;
    return;
  }
  try {
    const config = readConfig(process.env);
    // The database opens in its thread while the modules of the server are loaded.
    const embedded = config.DATABASE_URL === null ? beginEmbedded(config.DATA_DIR) : null;
    const { serve } = await import('./serve.ts');
    await serve(config, embedded);
  } catch (error) {
    process.stderr.write(`${describeFault(error)}\n`);
    process.exit(1);
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The table of variables for a terminal: name and default, then what it is for and what it takes. */
function variableList(): string {
  return Object.entries(VARIABLES)
    .map(
      ([name, { default: fallback, takes, meaning }]) =>
        `  ${name} = ${fallback}\n      ${meaning} Takes ${takes}.`,
    )
    .join('\n');
}

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

/**
 * Searches the demo library from the command line and, where a rank is given, reports a click on that hit:
 *   node examples/node/search.ts [--server URL] [--audience topic] [--click 2] beekeepers in winter
 */
import { parseArgs } from 'node:util';
import { createClient } from '../client/client.ts';
import {
  fieldOf,
  nameOf,
  searchLibrary,
  weightsAsText,
  type Execution,
  type Hit,
} from '../client/library.ts';
import { REPORT_CLICK } from '../client/operations.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    server: { type: 'string', default: 'http://127.0.0.1:4000/graphql' },
    audience: { type: 'string', default: '' },
    click: { type: 'string' },
  },
});

const client = createClient(values.server);

async function main(): Promise<void> {
  const execution = await searchLibrary(client, {
    query: positionals.join(' '),
    audience: values.audience,
    session: `terminal-${process.pid}`,
  });
  console.log(`weights: ${weightsAsText(execution)} (${execution.level}: ${execution.reason})`);
  for (const hit of execution.hits.nodes)
    console.log(`${hit.rank}. ${fieldOf(hit, 'title')} [${partsAsText(hit)}]`);
  if (values.click !== undefined) await click(execution, Number(values.click));
}

function partsAsText({ contributions }: Hit): string {
  return contributions
    .filter(({ share }) => share !== null && share > 0)
    .map(({ feature, share }) => `${nameOf(feature)} ${Math.round((share ?? 0) * 100)} %`)
    .join(', ');
}

async function click(execution: Execution, rank: number): Promise<void> {
  const hit = execution.hits.nodes.find((one) => one.rank === rank);
  if (hit === undefined) throw new Error(`there is no hit of rank ${rank}`);
  const { recordInteraction } = await client.request(REPORT_CLICK, { hit: hit.id });
  for (const { code, message } of recordInteraction.userErrors) console.error(`${code}: ${message}`);
  if (recordInteraction.interaction !== null && recordInteraction.interaction !== undefined)
    console.log(`clicked ${rank}: ${recordInteraction.interaction.state}`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

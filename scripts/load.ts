/**
 * Loads documents into a collection of a running server, over GraphQL.
 *   npm run load -- --collection films [--url http://127.0.0.1:4000] [--batch 500] [--in-flight 4]
 *                   [--refused FILE] FILE
 * FILE holds one document a line, as JSON: {"id": "…", "fields": {…}, "vectors": [{"feature": "…", "vector": […]}]};
 * - is standard input. A vector may be base64 of little-endian float32. A later line replaces an earlier one with the
 * same id. What is already in the file's place at the server is replaced too, so a load can be repeated.
 * Documents are durable when they are counted and found by searches some moments later. A server that is overloaded or
 * restarts is met again for some two minutes. Refused lines are told on standard error, or in FILE as JSON lines.
 * Ends with status 1 where a document was refused or the load could not be finished.
 */
import { createReadStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { batchesOf, type Entry } from './load/batches.ts';
import { helpOnRequest } from '../bench/support/help.ts';
import { linesOf } from './load/lines.ts';
import { send, type Target } from './load/send.ts';
import { tellProgress, type Progress } from './load/progress.ts';

interface Options extends Target {
  readonly file: string;
  readonly batch: number;
  readonly inFlight: number;
  readonly refused: string | null;
}

const TRIES = 16;
const MOST_IN_BATCH = 5_000;
const MOST_IN_FLIGHT = 32;

function readOptions(): Options {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      url: { type: 'string', default: process.env['REWEIGH_URL'] ?? 'http://127.0.0.1:4000' },
      collection: { type: 'string' },
      batch: { type: 'string', default: '500' },
      'in-flight': { type: 'string', default: '4' },
      refused: { type: 'string' },
    },
  });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new Error('expected one file, or - for standard input');
  if (values.collection === undefined) throw new Error('--collection: expected the name of a collection');
  return {
    file,
    url: values.url.replace(/\/+(graphql)?$/, ''),
    collection: values.collection,
    batch: whole('--batch', values.batch, MOST_IN_BATCH),
    inFlight: whole('--in-flight', values['in-flight'], MOST_IN_FLIGHT),
    refused: values.refused ?? null,
    tries: TRIES,
  };
}

function whole(name: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new Error(`${name}: expected 1 to ${most}, got ${text}`);
}

/** Sends batches, so many at a time; reads on only when there is room for one more. */
async function load(options: Options, progress: Progress): Promise<void> {
  const stream = options.file === '-' ? process.stdin : createReadStream(options.file);
  const inFlight = new Map<Promise<void>, ReadonlySet<string>>();
  const room = async (batch: readonly Entry[]): Promise<void> => {
    const shares = (): boolean => [...inFlight.values()].some((ids) => batch.some(({ id }) => ids.has(id)));
    while (inFlight.size >= options.inFlight || shares()) await Promise.race(inFlight.keys());
  };
  for await (const batch of batchesOf(linesOf(stream), options.batch, progress.badLine)) {
    await room(batch);
    const sending = send(options, batch).then((sent) => {
      progress.sent(sent);
      inFlight.delete(sending);
    });
    sending.catch(() => undefined);
    inFlight.set(sending, new Set(batch.map(({ id }) => id)));
  }
  await Promise.all(inFlight.keys());
}

async function main(): Promise<void> {
  const options = readOptions();
  const progress = tellProgress(options.refused);
  try {
    await load(options, progress);
  } finally {
    const { summary, clean } = progress.end();
    console.log(summary);
    if (!clean) process.exitCode = 1;
  }
}

helpOnRequest(import.meta.filename);
await main().catch((error: unknown) => {
  console.error(`load: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});

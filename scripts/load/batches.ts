/** Documents of lines, in batches that one request takes. */
import type { Line } from './lines.ts';

/** A document as it stands in its line. */
export interface Entry {
  readonly line: number;
  readonly id: string;
  readonly text: string;
}

/** A line that cannot be a document. */
export interface BadLine {
  readonly line: number;
  readonly fault: string;
}

const BATCH_CHARACTERS = 8_000_000;

/**
 * Batches of at most `most` documents and 8 million characters, or one document. No id is twice in a batch: a later
 * line with the same id comes in a later one.
 */
export async function* batchesOf(
  lines: AsyncIterable<Line>,
  most: number,
  onBad: (line: BadLine) => void,
): AsyncGenerator<readonly Entry[]> {
  let batch = new Map<string, Entry>();
  let characters = 0;
  for await (const line of lines) {
    const entry = entryOf(line);
    if ('fault' in entry) {
      onBad(entry);
      continue;
    }
    const full = batch.size >= most || characters + entry.text.length > BATCH_CHARACTERS;
    if (batch.size > 0 && (full || batch.has(entry.id))) {
      yield [...batch.values()];
      batch = new Map();
      characters = 0;
    }
    batch.set(entry.id, entry);
    characters += entry.text.length;
  }
  if (batch.size > 0) yield [...batch.values()];
}

function entryOf(line: Line): Entry | BadLine {
  if ('fault' in line) return { line: line.number, fault: line.fault };
  try {
    const value = JSON.parse(line.text) as unknown;
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return { line: line.number, fault: 'expected an object with an id' };
    const { id } = value as { readonly id?: unknown };
    if (typeof id !== 'string') return { line: line.number, fault: 'expected a text as its id' };
    return { line: line.number, id, text: line.text };
  } catch (error) {
    return { line: line.number, fault: `not JSON: ${(error as Error).message.slice(0, 200)}` };
  }
}

import { embedDocuments, type Draft } from './embed-documents.ts';
import { ReweighError } from '../errors.ts';
import { sourceText } from './parse-document.ts';
import type { ClaimedRun } from './run-reindexing.ts';
import type { Document } from './collection.ts';
import type { Ports } from '../ports.ts';

/** Documents embedded by one call, so that it ends within the embedding deadline. */
const AT_ONCE = 100;
const TRIES = 6;
const FIRST_PAUSE = 500;

type Revise = (documents: readonly Document[]) => Promise<readonly Document[]>;

/**
 * What a reindexing makes of documents: the features to embed anew lose their vectors where there is text to make
 * others of, and embedders make those that are missing. Throws what an embedder says where it refuses a text.
 */
export function reviser(
  ports: Pick<Ports, 'clock' | 'embedder' | 'settings'>,
  { features, embed }: Pick<ClaimedRun, 'features' | 'embed'>,
  how: { readonly onEmbedded: (vectors: number) => void; readonly signal: AbortSignal },
): Revise {
  const made = features.filter(({ embedder }) => embedder !== 'NONE');
  const anew = made.filter(({ id }) => embed.has(id));
  const strip = (document: Document): Document => {
    const gone = new Set(
      anew.filter((feature) => sourceText(feature, document.fields) !== null).map(({ id }) => id),
    );
    if (gone.size === 0) return document;
    return { ...document, vectors: new Map([...document.vectors].filter(([id]) => !gone.has(id))) };
  };
  return async (documents) => {
    const revised: Document[] = [];
    for (let from = 0; from < documents.length; from += AT_ONCE) {
      const some = documents.slice(from, from + AT_ONCE).map(strip);
      const drafts = await patiently(ports, how.signal, () => embedDocuments(ports, made, some.map(draftOf)));
      const stored = drafts.map(({ parsed }, place) => parsed?.document ?? some[place]!);
      how.onEmbedded(vectorsIn(stored) - vectorsIn(some));
      revised.push(...stored);
    }
    return revised;
  };
}

function draftOf(document: Document, index: number): Draft {
  return { index, id: document.id, parsed: { document, nulledFeatures: new Set() }, faults: [] };
}

function vectorsIn(documents: readonly Document[]): number {
  return documents.reduce((sum, { vectors }) => sum + vectors.size, 0);
}

/** Tries again with growing pauses while the embedder is unavailable. */
async function patiently(
  { clock }: Pick<Ports, 'clock'>,
  signal: AbortSignal,
  embed: () => Promise<readonly Draft[]>,
): Promise<readonly Draft[]> {
  for (let tries = 1; ; tries += 1) {
    signal.throwIfAborted();
    const drafts = await embed();
    const fault = drafts.flatMap(({ faults }) => faults)[0];
    if (fault === undefined) return drafts;
    if (fault.code !== 'EMBEDDING_UNAVAILABLE' || tries === TRIES)
      throw new ReweighError(fault.code, fault.message);
    await clock.delay(FIRST_PAUSE * 2 ** tries, signal);
  }
}

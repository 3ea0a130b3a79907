import { embedDocuments, type Draft } from './embed-documents.ts';
import { findRefused } from './find-refused.ts';
import { ReweighError } from '../errors.ts';
import { sourceText } from './parse-document.ts';
import type { ClaimedRun } from './run-reindexing.ts';
import type { Document, Feature } from './collection.ts';
import type { Ports } from '../ports.ts';
import type { RefusedDocument } from './reindexing.ts';

/** Documents embedded by one call, so that it ends within the embedding deadline. */
const AT_ONCE = 100;
const TRIES = 6;
const FIRST_PAUSE = 500;

type Revise = (documents: readonly Document[]) => Promise<readonly Document[]>;
type RevisingPorts = Pick<Ports, 'clock' | 'embedder' | 'settings'>;

/** What became of some documents. */
export interface RevisedPortion {
  readonly ids: readonly string[];
  /** Vectors that embedders made. */
  readonly embedded: number;
  /** Those of them that lack a vector because an embedder refuses their text. */
  readonly refused: readonly RefusedDocument[];
}

/**
 * What a reindexing makes of documents: the features to embed anew lose their vectors where there is text to make
 * others of, and embedders make those that are missing. A document whose text is refused lacks the vector. Throws what
 * an embedder says that is away for long, or refuses everything.
 */
export function reviser(
  ports: RevisingPorts,
  { features, embed }: Pick<ClaimedRun, 'features' | 'embed'>,
  how: { readonly onPortion: (portion: RevisedPortion) => void; readonly signal: AbortSignal },
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
      const { stored, refused } = await embedSome(ports, made, { some, signal: how.signal });
      const ids = some.map(({ id }) => id);
      how.onPortion({ ids, embedded: vectorsIn(stored) - vectorsIn(some), refused });
      revised.push(...stored);
    }
    return revised;
  };
}

/** All features at the same time, each by calls of its own: a text that one refuses may be taken by another. */
async function embedSome(
  ports: RevisingPorts,
  features: readonly Feature[],
  { some, signal }: { readonly some: readonly Document[]; readonly signal: AbortSignal },
): Promise<{ readonly stored: readonly Document[]; readonly refused: readonly RefusedDocument[] }> {
  const made = await Promise.all(
    features.map((feature) =>
      findRefused(
        (drafts) => patiently(ports, signal, () => embedDocuments(ports, [feature], drafts)),
        some.map(draftOf),
      ),
    ),
  );
  const stored = some.map((document, place) => {
    const vectors = made.flatMap((drafts) => [...(drafts[place]?.parsed?.document.vectors ?? [])]);
    return { ...document, vectors: new Map([...document.vectors, ...vectors]) };
  });
  const refused = some.flatMap(({ id }, place) => {
    const fault = made.flatMap((drafts) => drafts[place]?.faults ?? [])[0];
    return fault === undefined ? [] : [{ id, reason: fault.message }];
  });
  return { stored, refused };
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
    if (fault?.code !== 'EMBEDDING_UNAVAILABLE') return drafts;
    if (tries === TRIES) throw new ReweighError(fault.code, fault.message);
    await clock.delay(FIRST_PAUSE * 2 ** tries, signal);
  }
}

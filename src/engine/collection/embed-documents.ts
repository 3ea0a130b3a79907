import { ReweighError, type Fault } from '../errors.ts';
import { sourceText, type ParsedDocument } from './parse-document.ts';
import type { Feature } from './collection.ts';
import type { Ports } from '../ports.ts';
import type { Uuid } from '../ids.ts';

/** A document on its way: still to be stored, or refused. */
export interface Draft {
  readonly index: number;
  readonly id: string;
  readonly parsed: ParsedDocument | null;
  readonly faults: readonly Fault[];
}

/**
 * Adds the vectors that the features' embedders make from the documents' texts: one call per feature, features at the
 * same time. A document whose text cannot be embedded is refused with what the embedder says; one that says nothing lacks the
 * feature.
 */
export async function embedDocuments(
  ports: Pick<Ports, 'embedder' | 'settings'>,
  features: readonly Feature[],
  drafts: readonly Draft[],
): Promise<readonly Draft[]> {
  const made = await Promise.all(
    features
      .filter(({ embedder }) => embedder !== 'NONE')
      .map((feature) => embedFeature(ports, feature, drafts)),
  );
  return drafts.map((draft) => {
    const vectors = new Map<Uuid, Float32Array>(draft.parsed?.document.vectors);
    const faults = [...draft.faults];
    for (const { feature, vectorOf, failure } of made) {
      const vector = vectorOf.get(draft.index);
      if (vector === undefined) continue;
      if (vector !== null) vectors.set(feature.id, vector);
      else if (failure !== null)
        faults.push({
          code: failure.code,
          path: ['documents', draft.index],
          message: `${feature.uri}: ${failure.message}`,
        });
    }
    if (draft.parsed === null || faults.length > 0) return { ...draft, parsed: null, faults };
    return { ...draft, parsed: { ...draft.parsed, document: { ...draft.parsed.document, vectors } } };
  });
}

interface Embedded {
  readonly feature: Feature;
  /** By index of the document; null where none came; absent where none was asked for. */
  readonly vectorOf: ReadonlyMap<number, Float32Array | null>;
  /** Why none came at all; null where the embedder answered. */
  readonly failure: Pick<Fault, 'code' | 'message'> | null;
}

async function embedFeature(
  ports: Pick<Ports, 'embedder' | 'settings'>,
  feature: Feature,
  drafts: readonly Draft[],
): Promise<Embedded> {
  const asked = drafts.flatMap(({ index, parsed }) => {
    if (parsed === null || parsed.nulledFeatures.has(feature.id)) return [];
    if (parsed.document.vectors.has(feature.id)) return [];
    const text = sourceText(feature, parsed.document.fields);
    return text === null ? [] : [{ index, text }];
  });
  if (asked.length === 0) return { feature, vectorOf: new Map(), failure: null };
  const texts = asked.map(({ text }) => text);
  try {
    const vectors = await ports.embedder.embed(feature, texts, ports.settings.embeddingDeadline);
    const vectorOf = new Map(asked.map(({ index }, position) => [index, vectors[position] ?? null]));
    return { feature, vectorOf, failure: null };
  } catch (error) {
    if (!(error instanceof ReweighError)) throw error;
    const failure = { code: error.code, message: error.message };
    return { feature, vectorOf: new Map(asked.map(({ index }) => [index, null])), failure };
  }
}

import { sha256 } from '../ids.ts';
import type { Feature } from '../collection/collection.ts';
import type { MissingRule, Normalization } from '../retriever/retriever.ts';

/** What makes scores comparable from page to page: pages of another generation must not be added up with these. */
export interface GenerationParts {
  /** The searched features, once per collection; their order does not matter. */
  readonly features: readonly Pick<Feature, 'uri' | 'background'>[];
  readonly normalization: Normalization;
  /** What a score is that a list lacks; ZERO unless given. */
  readonly missing?: MissingRule;
  /** Seconds after which evidence counts half; null: it never fades. */
  readonly halfLife: number | null;
}

/**
 * The learning generation: a digest of the features sorted by URI, the normalization with its parameters, the
 * rule for missing scores and the half-life. Any instance computes the same text without asking
 * another, and a retriever that returns to an earlier definition returns to the evidence gathered under it.
 */
export function learningGeneration(parts: GenerationParts): string {
  const features = parts.features
    .map(({ uri, background }) =>
      parts.normalization === 'BACKGROUND' && background !== null
        ? [uri, background.mean, background.deviation]
        : [uri],
    )
    .sort((a, b) => compareTexts(String(a[0]), String(b[0])) || compareTexts(String(a), String(b)));
  const missing = (parts.missing ?? 'ZERO').toLowerCase();
  return sha256(JSON.stringify([features, parts.normalization, missing, parts.halfLife])).slice(0, 32);
}

function compareTexts(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

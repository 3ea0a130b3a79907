/** Which documents of a portion have the text that the embedder refuses. */
import { ReweighError } from '../errors.ts';
import type { Draft } from './embed-documents.ts';

/** Embeds the texts of documents for one feature. An embedder that refuses one text refuses the whole request. */
type Embed = (drafts: readonly Draft[]) => Promise<readonly Draft[]>;

/** So many texts refused one by one, and none taken: it is not the texts. */
const NOT_THE_TEXTS = 20;

interface Findings {
  /** Documents embedded after all, by index. */
  readonly made: Map<number, Draft>;
  refused: number;
}

/**
 * The drafts, embedded; refused only where the embedder refuses their own text. Documents that were refused together
 * are asked for in halves, down to single ones. Throws what the embedder says where it refuses 20 of them and takes
 * none, as with a model that is not there: thousands would be asked for one by one.
 */
export async function findRefused(embed: Embed, drafts: readonly Draft[]): Promise<readonly Draft[]> {
  const answered = await embed(drafts);
  const findings: Findings = { made: new Map(), refused: 0 };
  await lookInto(
    embed,
    drafts.filter((_, place) => isRefused(answered[place]!)),
    { findings, answered: answered.filter(isRefused) },
  );
  return answered.map((draft) => findings.made.get(draft.index) ?? draft);
}

/** Looks into documents that were refused together. */
async function lookInto(
  embed: Embed,
  drafts: readonly Draft[],
  { findings, answered }: { readonly findings: Findings; readonly answered: readonly Draft[] },
): Promise<void> {
  if (drafts.length === 1) {
    findings.refused += 1;
    giveUpOnAll(findings, answered[0]!);
  }
  if (drafts.length < 2) return;
  const middle = Math.ceil(drafts.length / 2);
  for (const half of [drafts.slice(0, middle), drafts.slice(middle)]) {
    const again = await embed(half);
    if (again.some(isRefused)) await lookInto(embed, half, { findings, answered: again });
    else for (const draft of again) findings.made.set(draft.index, draft);
  }
}

function giveUpOnAll({ made, refused }: Findings, { faults }: Draft): void {
  if (made.size > 0 || refused < NOT_THE_TEXTS) return;
  const { code, message } = faults[0]!;
  throw new ReweighError(code, `${refused} texts were refused and none was embedded; ${message}`);
}

function isRefused({ faults }: Draft): boolean {
  return faults.length > 0;
}

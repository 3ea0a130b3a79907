import { ADJECTIVES, FAMILY_NOUNS, SPEAKING_SURNAMES, SURNAMES, TITLE_NOUNS } from './words.ts';
import { pick } from './pick.ts';
import type { Random } from '../../src/engine/random.ts';
import type { Subject } from './topic.ts';

/**
 * A title. Four in ten name the book's own subject, three in ten borrow a word from another subject, one in ten
 * names a family that did not write it, the rest say nothing: titles answer who remembers them, and mislead
 * whoever looks for a subject.
 */
export function makeTitle(random: Random, own: Subject, others: readonly Subject[]): string {
  const kind = random.next();
  if (kind < 0.4) return withWord(random, pick(random, own.titleWords));
  if (kind < 0.7) return withWord(random, pick(random, pick(random, others).titleWords));
  if (kind < 0.82)
    return `The ${pick(random, [...SPEAKING_SURNAMES, ...SURNAMES])} ${pick(random, FAMILY_NOUNS)}`;
  return withWord(random, pick(random, TITLE_NOUNS));
}

function withWord(random: Random, word: string): string {
  const adjective = pick(random, ADJECTIVES);
  const noun = pick(
    random,
    TITLE_NOUNS.filter((other) => other !== word),
  );
  return pick(random, [
    `The ${adjective} ${word}`,
    `The ${word} and the ${noun}`,
    `A ${word} for the ${adjective} ${noun}`.replace(/^A ([AEIOU])/, 'An $1'),
    `${adjective} ${noun}, ${adjective} ${word}`,
    `The ${word} ${noun}`,
    `Under the ${adjective} ${word}`,
    `The ${noun} of the ${adjective} ${word}`,
    `What the ${word} Knew`,
  ]);
}

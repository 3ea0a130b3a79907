import { FIRST_NAMES, FORMS, MOODS, READERS, SPEAKING_SURNAMES, SURNAMES } from './words.ts';
import { INDOORS } from './topics-indoors.ts';
import { OUTDOORS } from './topics-outdoors.ts';
import { chance, pick, pickSome } from './pick.ts';
import { makeDescription } from './descriptions.ts';
import { makeTitle } from './titles.ts';
import type { Book, Person } from './book.ts';
import type { Random } from '../../src/engine/random.ts';
import type { Subject, Topic } from './topic.ts';

const TOPICS: readonly Topic[] = [...OUTDOORS, ...INDOORS];
const BOOKS_PER_SUBJECT = 11;
const PEOPLE = 110;
const DAY = 86_400_000;
const FIRST_DAY = Date.UTC(2023, 0, 2, 9);

/** The whole library, in a random order, with ids b001, b002, … */
export function makeLibrary(random: Random): readonly Book[] {
  const people = makePeople(random);
  const places = TOPICS.flatMap((topic) =>
    topic.subjects.flatMap((subject) =>
      Array.from({ length: BOOKS_PER_SUBJECT }, () => ({ topic, subject })),
    ),
  );
  const titles = new Set<string>();
  return pickSome(random, places, places.length).map((place, index) => {
    const id = `b${String(index + 1).padStart(3, '0')}`;
    return makeBook(random, { ...place, id, people, titles });
  });
}

/** Different full names; every surname is shared by two or three people. */
function makePeople(random: Random): readonly Person[] {
  const surnames = [...SPEAKING_SURNAMES, ...SURNAMES];
  const seen = new Set<string>();
  const people: Person[] = [];
  while (people.length < PEOPLE) {
    const person = { first: pick(random, FIRST_NAMES), last: surnames[people.length % surnames.length]! };
    const name = `${person.first} ${person.last}`;
    if (!seen.has(name)) people.push(person);
    seen.add(name);
  }
  return people;
}

interface Place {
  readonly topic: Topic;
  readonly subject: Subject;
  readonly id: string;
  readonly people: readonly Person[];
  /** Titles taken so far. */
  readonly titles: Set<string>;
}

function makeBook(random: Random, { topic, subject, id, people, titles }: Place): Book {
  const form = pick(random, FORMS);
  const others = TOPICS.filter((other) => other !== topic).flatMap(({ subjects }) => subjects);
  const makers = pickSome(random, people, chance(random, 0.3) ? 2 : 1);
  const neighbour = pick(
    random,
    people.filter((person) => !makers.includes(person)),
  );
  let title = makeTitle(random, subject, others);
  while (titles.has(title)) title = makeTitle(random, subject, others);
  titles.add(title);
  return {
    id,
    topic,
    subject,
    form,
    moods: pickSome(random, MOODS, 2),
    readers: form === 'picture book' ? READERS[0]! : pick(random, READERS),
    makers,
    title,
    description: makeDescription(random, { form, subject, aside: pick(random, others), neighbour }),
    year: 1948 + Math.floor(random.next() * 78),
    price: 6 + Math.floor(random.next() * 420) / 10,
    inStock: chance(random, 0.85),
    addedAt: new Date(FIRST_DAY + Math.floor(random.next() * 1_000) * DAY).toISOString(),
  };
}

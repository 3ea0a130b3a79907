import { READERS } from './words.ts';
import { chance, pick, pickSome } from './pick.ts';
import { fullName, type Book } from './book.ts';
import type { Random } from '../../src/engine/random.ts';

export const SEGMENTS = ['title', 'topic', 'name', 'browse'] as const;
export type Segment = (typeof SEGMENTS)[number];

export interface DemoQuery {
  readonly id: string;
  /** What this visitor cares about; the retriever's `audience`. */
  readonly segment: Segment;
  readonly text: string;
  /** Book id to grade 1..3; any other book is 0. From the truth behind the texts, never from an embedding. */
  readonly judgments: Readonly<Record<string, number>>;
}

type Grader = (book: Book) => number;
/** Words that are a surname, a word of titles and a subject: what is meant depends on who asks. */
const SHARED_WORDS = new Map([
  ['heron', 'waterbirds'],
  ['fox', 'foxes'],
  ['weaver', 'weaving'],
  ['potter', 'pottery'],
  ['baker', 'bread'],
  ['fisher', 'fishing'],
  ['piper', 'pipers'],
  ['bell', 'bells'],
  ['moon', 'the moon'],
  ['frost', 'glaciers'],
  ['rose', 'roses'],
  ['bridges', 'bridges'],
  ['wells', 'wishing wells'],
  ['shepherd', 'shepherding'],
  ['singer', 'choirs'],
  ['carpenter', 'woodturning'],
  ['porter', 'stations'],
  ['knight', 'dragons'],
  ['reed', 'waterbirds'],
  ['lock', 'burglary'],
]);
const PURE_QUERIES = 24;

/** Queries of all segments with their judgments; those without a relevant book are left out. */
export function makeQueries(random: Random, books: readonly Book[]): readonly DemoQuery[] {
  const drafts = [
    ...[...SHARED_WORDS].flatMap(([word, subject]) => sharedWord(word, subject)),
    ...Array.from({ length: PURE_QUERIES }, () => remembered(random, pick(random, books))),
    ...Array.from({ length: PURE_QUERIES }, () => subjectOf(random, pick(random, books))),
    ...Array.from({ length: PURE_QUERIES }, () => person(random, pick(random, books))),
    ...Array.from({ length: 2 * PURE_QUERIES }, () => shelf(random, pick(random, books))),
  ];
  const texts = new Set<string>();
  return drafts
    .map((draft) => ({ ...draft, judgments: judge(books, draft.grade) }))
    .filter(({ segment, text, judgments }) => {
      const key = `${segment} ${text}`;
      return Object.keys(judgments).length > 0 && !texts.has(key) && texts.add(key);
    })
    .map(({ segment, text, judgments }, index) => ({
      id: `q${String(index + 1).padStart(3, '0')}`,
      segment,
      text,
      judgments,
    }));
}

interface Draft {
  readonly segment: Segment;
  readonly text: string;
  readonly grade: Grader;
}

function judge(books: readonly Book[], grade: Grader): Readonly<Record<string, number>> {
  return Object.fromEntries(books.map((book) => [book.id, grade(book)]).filter(([, value]) => value !== 0));
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[a-z]+/g) ?? [];
}

function sharedWord(word: string, subject: string): readonly Draft[] {
  return [
    { segment: 'name', text: word, grade: byMaker(word) },
    { segment: 'title', text: word, grade: (book) => (wordsOf(book.title).includes(word) ? 3 : 0) },
    { segment: 'topic', text: word, grade: (book) => bySubject(book, subject) },
  ];
}

const byMaker =
  (surname: string): Grader =>
  ({ makers }) =>
    makers.some(({ last }) => last.toLowerCase() === surname) ? 3 : 0;

/** The book's subject 3, another subject of its category 1. */
function bySubject(book: Book, name: string): number {
  if (book.subject.name === name) return 3;
  return book.topic.subjects.some((subject) => subject.name === name) ? 1 : 0;
}

const SMALL = new Set(['the', 'and', 'for', 'under', 'what', 'knew', 'of', 'a', 'an']);

/** A half-remembered title: most of its words, one of them perhaps wrong. The book itself 3, one that shares two words 1. */
function remembered(random: Random, wanted: Book): Draft {
  const words = [...new Set(wordsOf(wanted.title))].filter((word) => !SMALL.has(word));
  const kept = pickSome(random, words, Math.max(2, words.length - 1));
  const slip = chance(random, 0.3) ? [pick(random, ['the old', 'the book of', 'the little'])] : [];
  return {
    segment: 'title',
    text: [...slip, ...kept].join(' '),
    grade: (book) => {
      if (book.id === wanted.id) return 3;
      const shared = wordsOf(book.title).filter((word) => kept.includes(word));
      return new Set(shared).size >= 2 ? 1 : 0;
    },
  };
}

function subjectOf(random: Random, { subject }: Book): Draft {
  const [a, b] = pickSome(random, subject.things, 2);
  const text = pick(random, [
    `${a} and ${b}`,
    `a book about ${a}`,
    pick(random, subject.events),
    `${pick(random, subject.heroes)} ${pick(random, subject.deeds)}`,
  ]);
  return { segment: 'topic', text, grade: (book) => bySubject(book, subject.name) };
}

/** A person's name, in full or the surname with a first letter. That person 3, a namesake 1. */
function person(random: Random, { makers }: Book): Draft {
  const wanted = pick(random, makers);
  const text = pick(random, [
    fullName(wanted),
    `${wanted.first.charAt(0)}. ${wanted.last}`,
    `books by ${fullName(wanted)}`,
  ]).toLowerCase();
  return {
    segment: 'name',
    text,
    grade: (book) => {
      if (book.makers.some((maker) => fullName(maker) === fullName(wanted))) return 3;
      return book.makers.some(({ last }) => last === wanted.last) ? 1 : 0;
    },
  };
}

/** Mood, form and readers: all three 3, two of them 1. */
function shelf(random: Random, wanted: Book): Draft {
  const mood = pick(random, wanted.moods);
  const readers = wanted.readers === READERS[2] ? pick(random, [wanted.readers, '']) : wanted.readers;
  const noun = wanted.form === 'history' ? 'histories' : wanted.form.replace(/([^s])$/, '$1s');
  return {
    segment: 'browse',
    text: `${mood} ${noun} ${readers}`.trim(),
    grade: (book) => {
      const met = [
        book.moods.includes(mood),
        book.form === wanted.form,
        readers === '' || book.readers === readers,
      ].filter(Boolean).length;
      return met === 3 ? 3 : met === 2 && book.form === wanted.form && book.moods.includes(mood) ? 1 : 0;
    },
  };
}

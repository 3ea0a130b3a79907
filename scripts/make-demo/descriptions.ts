import { CLOSINGS, ERAS, type Form } from './words.ts';
import { capitalized, chance, pick, pickSome } from './pick.ts';
import { fullName, type Person } from './book.ts';
import type { Random } from '../../src/engine/random.ts';
import type { Subject } from './topic.ts';

export interface DescriptionParts {
  readonly form: Form;
  readonly subject: Subject;
  /** A subject that is only mentioned. */
  readonly aside: Subject;
  /** Somebody who is named and did not make the book. */
  readonly neighbour: Person;
}

/** Two to four sentences. They speak of the subject; some also of another one, and of people who are not the makers. */
export function makeDescription(random: Random, parts: DescriptionParts): string {
  const { heroes, things, deeds, events } = parts.subject;
  const shuffled: Subject = {
    ...parts.subject,
    heroes: pickSome(random, heroes, heroes.length),
    things: pickSome(random, things, things.length),
    deeds: pickSome(random, deeds, deeds.length),
    events: pickSome(random, events, events.length),
  };
  const sentences = [opening(random, { ...parts, subject: shuffled }), middle(random, shuffled)];
  if (chance(random, 0.35)) sentences.push(nameDropping(random, parts.neighbour));
  if (chance(random, 0.3)) sentences.push(sidestep(random, parts.aside));
  sentences.push(pick(random, CLOSINGS));
  return sentences.join(' ');
}

function opening(random: Random, { form, subject }: DescriptionParts): string {
  const [a, b, c] = subject.things;
  const hero = subject.heroes[0]!;
  const [deed] = subject.deeds;
  const event = subject.events[0]!;
  switch (form) {
    case 'novel':
      return pick(random, [
        `When ${event}, ${hero} has one season left to put things right.`,
        `${capitalized(hero)} ${deed}, until ${event}.`,
        `${capitalized(event)}, and only ${hero} is not surprised.`,
      ]);
    case 'short stories':
      return pick(random, [
        `Nine stories about ${a}, ${b} and the people between them.`,
        `Short stories in which ${event}, ${hero} ${deed}, and nobody is blamed.`,
      ]);
    case 'memoir':
      return pick(random, [
        `The author spent half a life among ${a} and ${b}, and remembers the day ${event}.`,
        `A memoir of ${a}, ${b} and a father who ${deed}.`,
      ]);
    case 'handbook':
      return pick(random, [
        `Everything a beginner needs to know about ${a}, ${b} and ${c}.`,
        `A working guide to ${a}, from the first ${b} to the last ${c}.`,
      ]);
    case 'history':
      return `From ${pick(random, ERAS)} to ${pick(random, ERAS)}: how ${a}, ${b} and ${c} changed the way people lived.`;
    case 'essays':
      return pick(random, [
        `Twelve essays on ${a}, ${b} and what ${c} have to teach us.`,
        `What ${a} say about us, and why ${event} in all the best books.`,
      ]);
    case 'picture book':
      return `${capitalized(hero)} ${deed}, one page at a time.`;
  }
}

/** A second sentence about the things, hero and deed that the opening did not use. */
function middle(random: Random, subject: Subject): string {
  const [, , , a, b] = subject.things;
  const [, hero] = subject.heroes;
  const [, deed] = subject.deeds;
  return pick(random, [
    `Along the way there are ${a}, ${b} and ${hero}, who ${deed}.`,
    `It is a book full of ${a} and ${b}.`,
    `We meet ${hero}, who ${deed}.`,
    `Few books know as much about ${a}, and none is kinder to ${b}.`,
    `Between ${a} and ${b} a whole way of life appears.`,
  ]);
}

function nameDropping(random: Random, neighbour: Person): string {
  const name = fullName(neighbour);
  return pick(random, [
    `With a foreword by ${name}.`,
    `For everyone who has read all of ${name} twice.`,
    `${name} called it the best book of the year.`,
    `Dedicated to ${name}, who never answered.`,
  ]);
}

function sidestep(random: Random, aside: Subject): string {
  const [a, b] = pickSome(random, aside.things, 2);
  return pick(random, [
    `Not, as the cover suggests, about ${a}.`,
    `The same author has written on ${a} and ${b}.`,
    `A chapter on ${a} has wandered in from another book.`,
  ]);
}

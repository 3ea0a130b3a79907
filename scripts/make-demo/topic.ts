/** One subject of the demo library: the hidden truth behind eleven books. */
export interface Subject {
  readonly name: string;
  /** Plural things that descriptions talk about. */
  readonly things: readonly string[];
  /** Who a story may be about. */
  readonly heroes: readonly string[];
  /** What a hero does, in the present tense. */
  readonly deeds: readonly string[];
  /** What may happen, as a clause in the present tense. */
  readonly events: readonly string[];
  /** Words that titles about the subject are made of. */
  readonly titleWords: readonly string[];
}

export interface Topic {
  readonly category: string;
  readonly subjects: readonly Subject[];
}

export type SubjectLines = Readonly<Record<Exclude<keyof Subject, 'name'>, string>>;

/** A subject from lists written in one line each, with bars between the entries. */
export function subject(name: string, lines: SubjectLines): Subject {
  const split = (line: string): readonly string[] => line.split('|').map((entry) => entry.trim());
  return {
    name,
    things: split(lines.things),
    heroes: split(lines.heroes),
    deeds: split(lines.deeds),
    events: split(lines.events),
    titleWords: split(lines.titleWords),
  };
}

import type { Form } from './words.ts';
import type { Subject, Topic } from './topic.ts';

export interface Person {
  readonly first: string;
  readonly last: string;
}

/** The hidden truth about one book; its texts are made from it, and so are the judgments. */
export interface Book {
  readonly id: string;
  readonly topic: Topic;
  readonly subject: Subject;
  readonly form: Form;
  readonly moods: readonly string[];
  readonly readers: string;
  readonly makers: readonly Person[];
  readonly title: string;
  readonly description: string;
  readonly year: number;
  readonly price: number;
  readonly inStock: boolean;
  readonly addedAt: string;
}

export function fullName({ first, last }: Person): string {
  return `${first} ${last}`;
}

/** The book as the catalogue shows it. */
export function toDocument(book: Book): Readonly<Record<string, unknown>> {
  return {
    id: book.id,
    title: book.title,
    description: book.description,
    makers: book.makers.map(fullName),
    category: book.topic.category,
    tags: [book.form, ...book.moods, book.readers],
    year: book.year,
    price: book.price,
    inStock: book.inStock,
    addedAt: book.addedAt,
  };
}

/**
 * Writes the demo library: demo/catalogue.ndjson (one book a line) and demo/queries.json (judged queries).
 *   node scripts/make-demo.ts
 * Everything is invented and comes from the word lists in scripts/make-demo; the same seed writes the same bytes.
 */
import { writeFileSync } from 'node:fs';
import { SEGMENTS, makeQueries } from './make-demo/queries.ts';
import { makeLibrary } from './make-demo/library.ts';
import { SEED } from './make-demo/seed.ts';
import { seededRandom } from '../src/engine/random.ts';
import { toDocument } from './make-demo/book.ts';

const books = makeLibrary(seededRandom(SEED));
const queries = makeQueries(seededRandom(`${SEED}, its visitors`), books);

writeFileSync('demo/catalogue.ndjson', books.map((book) => `${JSON.stringify(toDocument(book))}\n`).join(''));
const lines = queries.map((query) => `    ${JSON.stringify(query)}`).join(',\n');
writeFileSync(
  'demo/queries.json',
  `{\n  "segments": ${JSON.stringify(SEGMENTS).replaceAll(',', ', ')},\n  "queries": [\n${lines}\n  ]\n}\n`,
);
console.log(`${books.length} books, ${queries.length} queries`);

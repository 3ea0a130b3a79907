import { existsSync, readFileSync } from 'node:fs';
import type { DocumentInput } from '../engine/collection/parse-document.ts';

/** Beside the compiled file, or where the sources have it. */
const PLACES = [
  new URL('./catalogue.ndjson', import.meta.url),
  new URL('../../demo/catalogue.ndjson', import.meta.url),
];

/** The books of the demo library as documents to index; about 570. */
export function readCatalogue(): readonly DocumentInput[] {
  const place = PLACES.find((url) => existsSync(url));
  if (place === undefined) throw new Error('the demo catalogue is missing: demo/catalogue.ndjson');
  return readFileSync(place, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { id, ...fields } = JSON.parse(line) as { readonly id: string };
      return { id, fields };
    });
}

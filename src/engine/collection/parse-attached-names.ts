/** Names in an index that somebody else made. Pure. */

/** Elasticsearch's own rules, without what would name several indexes, another cluster or a date. */
const INDEX = /^(?![-_+])(?!\.{1,2}$)[^\\/*?"<>|,#:\s\p{C}]+$/u;
const MOST_INDEX_BYTES = 255;
/** Names with dots between them; no wildcard, no list. */
const PATH = /^[^.*,\s\p{C}][^.*,\p{C}]*(?:\.[^.*,\s\p{C}][^.*,\p{C}]*)*$/u;
const MOST_PATH = 256;
const MOST_ROUTING = 512;

/** What is wrong with the name of one index or alias; null: nothing. */
export function faultOfIndexName(name: string): string | null {
  if (INDEX.test(name) && Buffer.byteLength(name, 'utf8') <= MOST_INDEX_BYTES) return null;
  return `expected the name of one index or alias: 1 to ${MOST_INDEX_BYTES} bytes without spaces or any of \\ / * ? " < > | , # :, not starting with "-", "_" or "+"`;
}

/** What is wrong with the path of a field in an index; null: nothing. */
export function faultOfPath(path: string): string | null {
  if (path.length <= MOST_PATH && path.isWellFormed() && PATH.test(path)) return null;
  return `expected the path of one field, 1 to ${MOST_PATH} characters, with dots between names and without "*" and ","`;
}

/** What is wrong with a routing value; null: nothing. */
export function faultOfRouting(routing: string): string | null {
  const isFit = routing.length >= 1 && routing.length <= MOST_ROUTING && routing.isWellFormed();
  return isFit && !routing.includes('\0')
    ? null
    : `expected 1 to ${MOST_ROUTING} characters of well-formed Unicode without NUL`;
}

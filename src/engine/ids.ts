import { createHash, randomFillSync } from 'node:crypto';
import { refusal } from './errors.ts';

declare const uuidBrand: unique symbol;
/** A UUID in its 36-character lower-case form. */
export type Uuid = string & { readonly [uuidBrand]: true };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const MAX_ID_BYTES = 512;

/** A UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds, then 74 random bits. Sorts by time of making. */
export function uuidV7(now: Date): Uuid {
  const bytes = randomFillSync(Buffer.allocUnsafe(16));
  bytes.writeUIntBE(now.getTime(), 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return uuidFromBytes(bytes);
}

/** The time in a UUIDv7, in milliseconds since 1970. */
export function uuidTime(id: Uuid): number {
  return parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

export function isUuid(text: string): text is Uuid {
  return UUID.test(text);
}

function uuidFromBytes(bytes: Uint8Array): Uuid {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, 16).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as Uuid;
}

/** Types whose global id is a UUID and nothing else. */
type PlainType = 'Collection' | 'Feature' | 'Retriever' | 'Execution' | 'Interaction';

/** What a global id names. The tag is the first byte of the encoded id; never renumber. */
export type GlobalId =
  | { [Type in PlainType]: { readonly type: Type; readonly id: Uuid } }[PlainType]
  | { readonly type: 'RetrieverVersion'; readonly id: Uuid; readonly version: number }
  | { readonly type: 'Hit' | 'UnrecordedHit'; readonly id: Uuid; readonly rank: number }
  | { readonly type: 'Document'; readonly id: Uuid; readonly document: string };

const TAGS = {
  Collection: 1,
  Feature: 2,
  Retriever: 3,
  Execution: 4,
  RetrieverVersion: 5,
  Hit: 6,
  UnrecordedHit: 7,
  Document: 8,
  Interaction: 9,
} as const satisfies Record<GlobalId['type'], number>;
const TYPES = new Map<number, GlobalId['type']>(
  Object.entries(TAGS).map(([type, tag]) => [tag, type as GlobalId['type']]),
);

/** The opaque text of a global id: base64url of tag, UUID and what else the type needs. */
export function encodeGlobalId(id: GlobalId): string {
  const tag = TAGS[id.type].toString(16).padStart(2, '0');
  return Buffer.from(`${tag}${id.id.replaceAll('-', '')}${tail(id)}`, 'hex').toString('base64url');
}

/** What follows tag and UUID, in hexadecimal. */
function tail(id: GlobalId): string {
  switch (id.type) {
    case 'Collection':
    case 'Feature':
    case 'Retriever':
    case 'Execution':
    case 'Interaction':
      return '';
    case 'RetrieverVersion':
      return id.version.toString(16).padStart(8, '0');
    case 'Hit':
    case 'UnrecordedHit':
      return id.rank.toString(16).padStart(8, '0');
    case 'Document':
      return Buffer.from(id.document, 'utf8').toString('hex');
  }
}

/** Reads an opaque id; null where it is none of this server's. */
export function decodeGlobalId(text: string): GlobalId | null {
  if (text.length > 1024) return null;
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length < 17 || bytes.toString('base64url') !== text) return null;
  const type = TYPES.get(bytes[0]!);
  if (type === undefined) return null;
  const id = uuidFromBytes(bytes.subarray(1, 17));
  const rest = bytes.subarray(17);
  switch (type) {
    case 'Collection':
    case 'Feature':
    case 'Retriever':
    case 'Execution':
    case 'Interaction':
      return rest.length === 0 ? { type, id } : null;
    case 'RetrieverVersion':
      return rest.length === 4 ? { type, id, version: rest.readUInt32BE() } : null;
    case 'Hit':
    case 'UnrecordedHit':
      return rest.length === 4 ? { type, id, rank: rest.readUInt32BE() } : null;
    case 'Document': {
      const document = rest.toString('utf8');
      return rest.length > 0 && faultOfId(document) === null ? { type, id, document } : null;
    }
  }
}

/** What is wrong with an id of a document, user or session; null where nothing is. */
export function faultOfId(id: string): string | null {
  if (id.length === 0) return 'expected 1 to 512 bytes of UTF-8, got an empty id';
  if (id.length > MAX_ID_BYTES || Buffer.byteLength(id, 'utf8') > MAX_ID_BYTES)
    return `expected 1 to 512 bytes of UTF-8, got ${Buffer.byteLength(id, 'utf8')}`;
  if (id.includes('\0')) return 'expected no NUL character';
  if (!id.isWellFormed()) return 'expected well-formed Unicode, got half a surrogate pair';
  return null;
}

/** Refuses an id that is not 1 to 512 bytes of well-formed UTF-8 without NUL (INVALID_ID). */
export function checkId(id: string, path: readonly (string | number)[]): string {
  const fault = faultOfId(id);
  if (fault !== null) throw refusal('INVALID_ID', fault, path);
  return id;
}

/**
 * Order of two texts by their UTF-8 bytes: negative, 0 or positive. JavaScript's `<` compares UTF-16 units,
 * which puts U+10000 and above before U+E000..U+FFFF; here surrogates are lifted above them.
 */
export function compareUtf8(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i += 1) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return lift(x) - lift(y);
  }
  return a.length - b.length;
}

function lift(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** SHA-256 of a text or bytes, in hexadecimal. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * Cuts the byte stream of a PostgreSQL client into messages (protocol 3.0: one type byte and a length, except the
 * first message, which has only a length). Chunks are joined once, when a message is whole.
 */
export interface Frames {
  /** The whole messages that the stream holds after this chunk, in order. */
  push(chunk: Buffer): readonly Frame[];
}

export interface Frame {
  readonly kind: 'startup' | 'ssl-request' | 'cancel-request' | 'message';
  readonly bytes: Buffer;
}

const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;
const CANCEL_REQUEST = 80_877_102;

export function startFrames(): Frames {
  let parts: Buffer[] = [];
  let held = 0;
  let started = false;
  const take = (length: number): Buffer => {
    const all = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    parts = all.length > length ? [all.subarray(length)] : [];
    held = all.length - length;
    return all.subarray(0, length);
  };
  const next = (): Frame | null => {
    const head = started ? 1 : 0;
    const length = lengthAt(parts, held, head);
    if (length === null || held < head + length) return null;
    const bytes = take(head + length);
    const kind = started ? 'message' : kindOf(bytes);
    if (kind === 'startup') started = true;
    return { kind, bytes };
  };
  return {
    push: (chunk) => {
      parts.push(chunk);
      held += chunk.length;
      const frames: Frame[] = [];
      for (let frame = next(); frame !== null; frame = next()) frames.push(frame);
      return frames;
    },
  };
}

/** The big-endian length at `offset`; null where too few bytes have come. A length counts its own four bytes. */
function lengthAt(parts: Buffer[], held: number, offset: number): number | null {
  if (held < offset + 4) return null;
  if (parts[0]!.length < offset + 4) parts.splice(0, parts.length, Buffer.concat(parts));
  const length = parts[0]!.readUInt32BE(offset);
  if (length < 4) throw new RangeError('a message of a PostgreSQL client is shorter than its length field');
  return length;
}

function kindOf(bytes: Buffer): Frame['kind'] {
  const code = bytes.length >= 8 ? bytes.readUInt32BE(4) : 0;
  if (code === SSL_REQUEST || code === GSS_REQUEST) return 'ssl-request';
  return code === CANCEL_REQUEST ? 'cancel-request' : 'startup';
}

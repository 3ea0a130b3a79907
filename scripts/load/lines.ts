/** Lines of a stream, without ever holding more of it than one line. */

/** A line with its number from 1; its text, or what is wrong with it. */
export type Line =
  { readonly number: number; readonly text: string } | { readonly number: number; readonly fault: string };

/** Longest line, in bytes: a document with ten vectors of 4,096 numbers written out takes about one tenth. */
export const LONGEST_LINE = 8_000_000;
const NEWLINE = 0x0a;

/** Lines that are not blank. One that is too long is skipped over to its end. */
export async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let size = 0;
  let number = 1;
  const add = (part: Buffer): void => {
    size += part.length;
    if (size <= LONGEST_LINE) parts.push(part);
    else parts = [];
  };
  const take = (): Line => {
    const line = read(Buffer.concat(parts), size, number);
    parts = [];
    size = 0;
    number += 1;
    return line;
  };
  for await (const chunk of stream) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      add(chunk.subarray(from, end));
      from = end + 1;
      const line = take();
      if (!isBlank(line)) yield line;
    }
    add(chunk.subarray(from));
  }
  const last = take();
  if (!isBlank(last)) yield last;
}

function read(bytes: Buffer, size: number, number: number): Line {
  if (size > LONGEST_LINE) return { number, fault: `longer than ${LONGEST_LINE} bytes` };
  try {
    return { number, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { number, fault: 'not UTF-8' };
  }
}

function isBlank(line: Line): boolean {
  return 'text' in line && line.text.trim() === '';
}

import { createServer, type Server, type Socket } from 'node:net';
import { startFrames, type Frame } from './pglite-frames.ts';

/** The part of PGlite that is needed to serve clients. */
export interface Backend {
  execProtocolRawStream(
    message: Uint8Array,
    options: { readonly onRawData: (bytes: Uint8Array) => void },
  ): Promise<void>;
  isInTransaction(): boolean;
}

/** A client: its socket, and messages that have come and were not run yet. */
interface Client {
  readonly socket: Socket;
  readonly messages: Buffer[];
  gone: boolean;
}

/** Messages after which a client's series is over: Query, Sync, FunctionCall. The first message ends its own. */
const SERIES_ENDS = new Set(['Q', 'S', 'F'].map((type) => type.charCodeAt(0)));
const TERMINATE = 'X'.charCodeAt(0);
const SYNC = Buffer.from([0x53, 0, 0, 0, 4]);
const ROLLBACK = Buffer.concat([Buffer.from([0x51, 0, 0, 0, 13]), Buffer.from('rollback\0')]);

/**
 * Lets several PostgreSQL clients use one single-user backend. The backend has one session, so a client holds it
 * from the first message of a series to its end, and from the start of a transaction to its end; the others wait.
 * Without that, statements of clients mix as soon as one of their messages comes in more than one piece.
 */
export function serveInTurns(backend: Backend, onFault: (error: Error) => void): Server {
  const waiting: Client[] = [];
  let holder: Client | null = null;
  let running = false;

  const run = async (): Promise<void> => {
    if (running) return;
    running = true;
    for (let client = next(); client !== null; client = next()) {
      holder = client;
      if (await serve(backend, client)) holder = null;
    }
    running = false;
  };
  const next = (): Client | null => {
    if (holder !== null) return holder.messages.length > 0 || holder.gone ? holder : null;
    for (let client = waiting.shift(); client !== undefined; client = waiting.shift())
      if (!client.gone && client.messages.length > 0) return client;
    return null;
  };
  const wake = (client: Client): void => {
    if (client !== holder && !waiting.includes(client)) waiting.push(client);
    run().catch((error: unknown) => onFault(error as Error));
  };
  return createServer((socket) => attach(socket, wake));
}

function attach(socket: Socket, wake: (client: Client) => void): void {
  const client: Client = { socket, messages: [], gone: false };
  const frames = startFrames();
  socket.setNoDelay(true);
  socket.on('data', (chunk: Buffer) => {
    try {
      for (const frame of frames.push(chunk)) accept(client, frame);
    } catch {
      socket.destroy();
    }
    if (client.messages.length > 0) wake(client);
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    client.gone = true;
    client.messages.length = 0;
    wake(client);
  });
}

function accept(client: Client, frame: Frame): void {
  switch (frame.kind) {
    case 'ssl-request':
      client.socket.write('N');
      return;
    case 'cancel-request':
      client.socket.destroy();
      return;
    case 'startup':
      client.messages.push(frame.bytes);
      return;
    case 'message':
      if (frame.bytes[0] === TERMINATE) client.socket.end();
      else client.messages.push(frame.bytes);
  }
}

/** Runs what the client has sent; true where it needs the backend no longer. */
async function serve(backend: Backend, client: Client): Promise<boolean> {
  if (client.gone) {
    await answerTo(backend, SYNC);
    if (backend.isInTransaction()) await answerTo(backend, ROLLBACK);
    return true;
  }
  const messages = client.messages.splice(0);
  const startup = messages[0]![0] === 0;
  const series = startup ? messages.splice(0, 1) : messages;
  if (startup) client.messages.unshift(...messages);
  const answer = await answerTo(backend, series.length === 1 ? series[0]! : Buffer.concat(series));
  if (answer.length > 0 && client.socket.writable) client.socket.write(answer);
  const over = startup || SERIES_ENDS.has(series.at(-1)![0]!);
  return over && !backend.isInTransaction() && client.messages.length === 0;
}

/**
 * The bytes of the answer, copied: they lie in memory that the backend uses again. As a stream, because an answer in
 * one piece is also parsed by PGlite, and every message of it is kept for as long as the database is open.
 */
async function answerTo(backend: Backend, message: Uint8Array): Promise<Buffer> {
  const pieces: Buffer[] = [];
  await backend.execProtocolRawStream(message, { onRawData: (bytes) => pieces.push(Buffer.from(bytes)) });
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}

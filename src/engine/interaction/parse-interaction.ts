import { decodeGlobalId, faultOfId, sha256, type Uuid } from '../ids.ts';
import { isExecutionKind, kindMask, type InteractionKind } from '../learning/reward.ts';
import { parsedUnless, type Parsed } from '../parsed.ts';
import type { InteractionDraft, InteractionTarget } from './interaction.ts';
import type { Fault, Path } from '../errors.ts';

/** An interaction as a client reports it. */
export interface InteractionInput {
  /** Opaque id of the hit; instead of execution and document. */
  readonly hit?: string | null | undefined;
  readonly execution?: string | null | undefined;
  /** Id of the document in its collection. */
  readonly documentId?: string | null | undefined;
  readonly kinds: readonly InteractionKind[];
  readonly position?: number | null | undefined;
  readonly user?: string | null | undefined;
  readonly session?: string | null | undefined;
  readonly occurredAt?: Date | null | undefined;
  /** Any JSON value. */
  readonly metadata?: unknown;
  readonly idempotencyKey?: string | null | undefined;
}

/** What is given with every interaction of a call. */
export interface Arrival {
  readonly namespace: string;
  readonly id: Uuid;
  readonly now: Date;
}

/** Clocks of clients may be this far ahead; within it the time is taken for now. */
const AHEAD_MILLISECONDS = 5 * 60_000;
/** Bytes of metadata as JSON. */
const MAX_METADATA = 16_384;
/** Nobody recorded anything before. */
const EARLIEST = Date.UTC(2000, 0, 1);

/** Reads an interaction; all faults at once, with their paths. */
export function parseInteraction(
  input: InteractionInput,
  arrival: Arrival,
  path: Path,
): Parsed<InteractionDraft> {
  const faults: Fault[] = [];
  const reading: Reading = { faults, path };
  const target = readTarget(input, reading);
  const kinds = readKinds(input, reading);
  const position = input.position ?? null;
  if (position !== null && (!Number.isInteger(position) || position < 1))
    fault(reading, 'OUT_OF_RANGE', 'position', `expected a position from 1, got ${position}`);
  for (const name of ['documentId', 'user', 'session', 'idempotencyKey'] as const) {
    const id = input[name] ?? null;
    const wrong = id === null ? null : faultOfId(id);
    if (wrong !== null) fault(reading, 'INVALID_ID', name, wrong);
  }
  const occurredAt = readTime(input, arrival.now, reading);
  const metadata = readMetadata(input, reading);
  return parsedUnless(faults, () => ({
    id: arrival.id,
    namespace: arrival.namespace,
    target: target!,
    kinds,
    position,
    user: input.user ?? null,
    session: input.session ?? null,
    occurredAt,
    receivedAt: arrival.now,
    metadata,
    idempotencyKey: input.idempotencyKey ?? null,
    fingerprint: fingerprintOf(input, { target: target!, kinds, metadata }),
  }));
}

interface Reading {
  readonly faults: Fault[];
  readonly path: Path;
}

function fault(reading: Reading, code: Fault['code'], name: string, message: string): void {
  reading.faults.push({ code, path: [...reading.path, name], message });
}

function readTarget(input: InteractionInput, reading: Reading): InteractionTarget | null {
  if (input.hit != null) return readHit(input, input.hit, reading);
  if (input.execution == null) {
    fault(reading, 'REQUIRED', 'hit', 'expected a hit, or an execution');
    return null;
  }
  const execution = decodeGlobalId(input.execution);
  if (execution?.type !== 'Execution') {
    fault(reading, 'INVALID_ID', 'execution', 'expected the id of an execution');
    return null;
  }
  const documentId = input.documentId ?? null;
  const executionId = execution.id;
  return documentId === null
    ? { kind: 'execution', executionId }
    : { kind: 'document', executionId, documentId };
}

function readHit(input: InteractionInput, text: string, reading: Reading): InteractionTarget | null {
  if (input.execution != null || input.documentId != null)
    fault(reading, 'INVALID_VALUE', 'hit', 'expected a hit alone, or an execution with a documentId');
  const id = decodeGlobalId(text);
  if (id?.type === 'Hit') return { kind: 'hit', executionId: id.id, rank: id.rank };
  if (id?.type === 'UnrecordedHit')
    fault(
      reading,
      'NOT_RECORDED',
      'hit',
      'the execution of this hit was not recorded: nothing can be credited',
    );
  else fault(reading, 'INVALID_ID', 'hit', 'expected the id of a hit');
  return null;
}

/** Kinds of an execution come without a document, kinds of a hit with one. */
function readKinds(input: InteractionInput, reading: Reading): number {
  const { kinds } = input;
  if (kinds.length === 0) fault(reading, 'REQUIRED', 'kinds', 'expected at least one kind');
  if (input.hit == null && input.execution == null) return kindMask(kinds);
  const ofHit = input.hit != null || input.documentId != null;
  for (const kind of new Set(kinds))
    if (isExecutionKind(kind) === ofHit)
      fault(
        reading,
        'INVALID_VALUE',
        'kinds',
        ofHit
          ? `${kind} concerns an execution: report it without hit and documentId`
          : `${kind} concerns a hit: report it with a hit, or an execution and a documentId`,
      );
  if (new Set(kinds).size < kinds.length) fault(reading, 'DUPLICATE', 'kinds', 'a kind is named twice');
  return kindMask(kinds);
}

function readTime(input: InteractionInput, now: Date, reading: Reading): Date {
  const at = input.occurredAt ?? now;
  const ahead = at.getTime() - now.getTime();
  if (Number.isNaN(ahead) || ahead > AHEAD_MILLISECONDS || at.getTime() < EARLIEST)
    fault(
      reading,
      'OUT_OF_RANGE',
      'occurredAt',
      'expected a time since 2000 and at most 5 minutes ahead of the server',
    );
  return ahead > 0 ? now : at;
}

function readMetadata(input: InteractionInput, reading: Reading): string | null {
  if (input.metadata == null) return null;
  const text = JSON.stringify(input.metadata);
  const bytes = Buffer.byteLength(text, 'utf8');
  if (bytes > MAX_METADATA)
    fault(
      reading,
      'OUT_OF_RANGE',
      'metadata',
      `expected at most ${MAX_METADATA} bytes of JSON, got ${bytes}`,
    );
  return text;
}

/** A digest of all that a client gave: the same key must come with the same digest. */
function fingerprintOf(
  input: InteractionInput,
  read: { readonly target: InteractionTarget; readonly kinds: number; readonly metadata: string | null },
): string {
  const { position = null, user = null, session = null, occurredAt = null } = input;
  return sha256(
    JSON.stringify([
      read.target,
      read.kinds,
      position,
      user,
      session,
      occurredAt?.toISOString() ?? null,
      read.metadata,
    ]),
  );
}

import { faultOfId, type Uuid, sha256 } from '../ids.ts';
import { refuseIfAny, type Fault } from '../errors.ts';
import { bindFilter } from '../retriever/bind-filter.ts';
import { bindInputs, type GivenInput } from '../retriever/inputs.ts';
import { vectorSha256 } from '../vector.ts';
import type { Caller, Filter } from '../search/search-backend.ts';
import type { FilterTemplate, InputDeclaration, InputRole, InputValues } from '../retriever/retriever.ts';
import type { Plan } from '../retriever/plan.ts';
import type { RecordedInput } from './record.ts';

/** What a caller asks to be run. */
export interface ExecuteCommand {
  readonly namespace: string;
  readonly retriever: string;
  readonly version: number | null;
  readonly inputs: readonly GivenInput[];
  readonly user: string | null;
  readonly session: string | null;
  /** Hits on the first page, 1..100. */
  readonly first: number;
  /** A retry with the same key returns the same execution. */
  readonly executionKey: string | null;
  /** False: leave no trace. */
  readonly learn: boolean;
  /** Left out: nobody can give up waiting. */
  readonly caller?: Caller;
}

/** Whose execution it is, and what is searched for. */
export interface ExecutionRequest {
  readonly values: InputValues;
  readonly user: string | null;
  readonly session: string | null;
  readonly segment: readonly string[] | null;
  /** Per search, per target: the retriever's filter and the search's own, both to hold; null: none. */
  readonly filters: readonly (readonly (Filter | null)[])[];
}

/** The execution id is passed beside the request: it is drawn where time and randomness are. */
export interface IdentifiedRequest extends ExecutionRequest {
  readonly id: Uuid;
}

/** Checks what does not need the retriever: sizes and ids. All faults at once. */
export function checkCommand(command: ExecuteCommand): void {
  const faults: Fault[] = [];
  if (!Number.isInteger(command.first) || command.first < 1 || command.first > 100)
    faults.push({
      code: 'OUT_OF_RANGE',
      path: ['first'],
      message: `expected 1 to 100 hits a page, got ${command.first}`,
    });
  for (const name of ['user', 'session', 'executionKey'] as const) {
    const id = command[name];
    const fault = id === null ? null : faultOfId(id);
    if (fault !== null) faults.push({ code: 'INVALID_ID', path: [name], message: fault });
  }
  if (!command.learn && command.executionKey !== null)
    faults.push({
      code: 'INVALID_VALUE',
      path: ['executionKey'],
      message: 'an execution that leaves no trace (learn: false) cannot be found again by a key',
    });
  refuseIfAny(faults);
}

/** Binds the inputs to the retriever's declarations. All faults at once, with their paths. */
export function readRequest(plan: Plan, command: ExecuteCommand): ExecutionRequest {
  const { spec } = plan.version;
  const bound = bindInputs(spec.inputs, withOwners(spec.inputs, command), ['inputs']);
  if (!bound.ok) throw refuseAll(bound.faults);
  const values = bound.value;
  const faults: Fault[] = [];
  const user = owner('USER', command.user, { declarations: spec.inputs, values, faults });
  const session = owner('SESSION', command.session, { declarations: spec.inputs, values, faults });
  const filters = plan.searches.map(({ search, targets }) =>
    targets.map(({ collection }) => {
      const context = { fields: collection.fields, inputs: spec.inputs };
      return allOf([spec.filter, search.filter], { values, context, faults });
    }),
  );
  refuseIfAny(unique(faults));
  return { values, user, session, segment: segmentOf(spec.inputs, values), filters };
}

interface Binding {
  readonly values: InputValues;
  readonly context: Parameters<typeof bindFilter>[2]['context'];
  readonly faults: Fault[];
}

/** All of these filters that are there, with the values put in; null: none is left. */
function allOf(templates: readonly (FilterTemplate | null)[], binding: Binding): Filter | null {
  const parts = templates.flatMap((template) => boundFilter(template, binding) ?? []);
  return parts.length > 1 ? { kind: 'and', filters: parts } : (parts[0] ?? null);
}

function boundFilter(template: FilterTemplate | null, binding: Binding): Filter | null {
  if (template === null) return null;
  const bound = bindFilter(template, binding.values, { context: binding.context, path: ['inputs'] });
  if (bound.ok) return bound.value;
  binding.faults.push(...bound.faults);
  return null;
}

/** The same fault may be found in the filters of several searches; it is said once. */
function unique(faults: readonly Fault[]): readonly Fault[] {
  const seen = new Set<string>();
  return faults.filter((fault) => {
    const key = JSON.stringify([fault.code, fault.path, fault.message]);
    return !seen.has(key) && seen.add(key);
  });
}

function refuseAll(faults: readonly Fault[]): never {
  refuseIfAny(faults);
  throw new Error('a refusal without faults');
}

/** The inputs as given, and the user and session that the command names as values of the inputs with these roles. */
function withOwners(
  declarations: readonly InputDeclaration[],
  command: ExecuteCommand,
): readonly GivenInput[] {
  const named = declarations.flatMap(({ name, role }): readonly GivenInput[] => {
    const value = role === 'USER' ? command.user : role === 'SESSION' ? command.session : null;
    const isGiven = command.inputs.some((input) => input.name === name);
    return value === null || isGiven ? [] : [{ name, value }];
  });
  return [...command.inputs, ...named];
}

/** The user or session: named by the command, or by the input that has this role; both must agree. */
function owner(
  role: Extract<InputRole, 'USER' | 'SESSION'>,
  named: string | null,
  binding: {
    readonly declarations: readonly InputDeclaration[];
    readonly values: InputValues;
    readonly faults: Fault[];
  },
): string | null {
  const declaration = binding.declarations.find((input) => input.role === role);
  const value = declaration === undefined ? undefined : binding.values.get(declaration.name);
  if (declaration === undefined || typeof value !== 'string') return named;
  const fault = faultOfId(value);
  const path = ['inputs', declaration.name];
  if (fault !== null) binding.faults.push({ code: 'INVALID_ID', path, message: fault });
  if (named !== null && named !== value)
    binding.faults.push({
      code: 'INVALID_VALUE',
      path: [role.toLowerCase()],
      message: `the input ${declaration.name} names another ${role.toLowerCase()}; give one of the two`,
    });
  return value;
}

/** Values of the segment features in declared order; null where none is declared or one is missing. */
function segmentOf(declarations: readonly InputDeclaration[], values: InputValues): readonly string[] | null {
  const declared = declarations.filter((input) => input.role === 'SEGMENT');
  const segment = declared.flatMap(({ name }) => {
    const value = values.get(name);
    return value === undefined ? [] : [String(value)];
  });
  return declared.length > 0 && segment.length === declared.length ? segment : null;
}

/** Inputs as they go into the record: vectors by length and digest only. */
export function recordInputs(
  declarations: readonly InputDeclaration[],
  values: InputValues,
): readonly RecordedInput[] {
  return declarations.flatMap(({ name, type }): RecordedInput[] => {
    const value = values.get(name);
    if (value === undefined) return [];
    if (value instanceof Float32Array)
      return [{ name, type: 'VECTOR', dims: value.length, sha256: vectorSha256(value) }];
    return [{ name, type, value } as RecordedInput];
  });
}

/** A digest of everything that decides the answer of a request; the same key must come with the same digest. */
export function fingerprintOf(command: ExecuteCommand): string {
  const inputs = command.inputs
    .map(({ name, value }) => [name, value instanceof Float32Array ? vectorSha256(value) : value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256(
    JSON.stringify([
      command.retriever,
      command.version,
      inputs,
      command.user,
      command.session,
      command.first,
    ]),
  );
}

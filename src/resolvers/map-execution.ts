import { toHits, type HitPage } from './map-hits.ts';
import { encodeGlobalId } from '../engine/ids.ts';
import { toRetrieverById } from './map-retriever.ts';
import type { ExecutionType, RecordedInputType } from '../schema/execution.ts';
import type { RecordedInput } from '../engine/execution/record.ts';
import type { RequestContext } from '../context.ts';

/** An execution with one page of its hits, mapped once to plain objects; what costs a read waits until it is asked for. */
export function toExecution(context: RequestContext, page: HitPage): ExecutionType {
  const { record, recorded } = page;
  const { executions } = context.ports;
  return {
    id: encodeGlobalId({ type: 'Execution', id: record.id }),
    retrieverName: record.retrieverName,
    retriever: () => toRetrieverById(context, record.retrieverId),
    version: record.version,
    hits: toHits(context, page),
    candidateCount: record.candidateCount,
    weights: () => record.features.map((feature, index) => ({ feature, weight: record.weights[index] ?? 0 })),
    level: record.choice.level,
    reason: record.choice.reason,
    generation: record.choice.generation,
    assignment: record.assignment,
    strategy: record.strategy,
    normalization: record.normalization,
    degradations: record.degradations,
    notices: record.notices,
    timings: record.timings,
    inputs: () => record.inputs.map(toRecordedInput),
    user: record.user,
    session: record.session,
    segment: record.segment,
    executionKey: record.executionKey,
    logged: () => recorded && executions.isLogged(record.namespace, record.id),
    servedAt: record.servedAt,
  };
}

function toRecordedInput(input: RecordedInput): RecordedInputType {
  const { name, type } = input;
  return input.type === 'VECTOR'
    ? { name, type, value: null, dims: input.dims, sha256: input.sha256 }
    : { name, type, value: input.value, dims: null, sha256: null };
}

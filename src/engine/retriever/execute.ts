import { ReweighError } from '../errors.ts';
import { uuidV7, type Uuid } from '../ids.ts';
import { checkCommand, readRequest, type ExecuteCommand } from '../execution/read-request.ts';
import { claimExecution, type Served } from '../execution/claim.ts';
import { chooseWeights } from '../learning/choose-weights.ts';
import { drawSeed } from '../learning/draw.ts';
import { embedInputs } from '../embedding/embed-inputs.ts';
import { readEvidence, type Evidence } from '../learning/read-evidence.ts';
import { searchFeatures, type FeatureLists } from '../search/search-features.ts';
import { startStopwatch, type Stopwatch } from '../stopwatch.ts';
import { buildRecord, type Outcome } from '../execution/build-record.ts';
import { completeLists } from '../search/complete-lists.ts';
import { fuseLists } from '../fusion/fuse-lists.ts';
import { groupCandidates } from './group-candidates.ts';
import { loadPlan, type Plan } from './plan.ts';
import type { ExecutionRecord } from '../execution/record.ts';
import type { Ports } from '../ports.ts';

/**
 * One search, from the command to the served page: load the recipe, read the inputs, search all features at
 * once, choose the weights, fuse, group, record.
 * Refuses bad input with all its faults; ALL_FEATURES_FAILED where no feature could be searched;
 * EXECUTION_KEY_CONFLICT where the key was used for another request. A caller that gives up ends it with its reason.
 */
export async function execute(ports: Ports, command: ExecuteCommand): Promise<Served> {
  const stopwatch = startStopwatch(ports.clock);
  checkCommand(command);
  const plan = await loadPlan(ports, command);
  const request = readRequest(plan, command);
  stopwatch.lap('plan');
  const id = uuidV7(ports.clock.now());
  const claim = await claimExecution(ports, command, id);
  if (claim.status === 'served') return claim.served;
  try {
    const reading = readEvidence(ports, plan, request);
    const inputs = await embedInputs(ports, plan, request.values);
    stopwatch.lap('embed');
    command.caller?.signal.throwIfAborted();
    const found = await searchAndComplete(ports, plan, {
      inputs,
      request,
      stopwatch,
      caller: command.caller,
    });
    const evidence = await reading;
    stopwatch.lap('weigh');
    command.caller?.signal.throwIfAborted();
    const run = { id, command, plan, request, found };
    const depth = isSampled(id, ports.settings.recordShare) ? ports.settings.recordDepth : 0;
    const { chosen, fused } = weighAndFuse(run, evidence, depth);
    stopwatch.lap('fuse');
    const grouped = await groupCandidates(ports, plan, { fused, depth });
    if (plan.version.spec.groupBy !== null) stopwatch.lap('group');
    // Nobody will see this page: it must not be recorded as shown.
    command.caller?.signal.throwIfAborted();
    const served = serve(ports, { ...run, chosen, fused: grouped }, stopwatch);
    ports.meter.executed(served.record);
    return served;
  } catch (error) {
    await claim.release();
    throw error;
  }
}

/** Both searches share one deadline; ALL_FEATURES_FAILED where the first finds nothing to complete. */
async function searchAndComplete(
  ports: Ports,
  plan: Plan,
  { stopwatch, ...what }: Parameters<typeof searchFeatures>[2] & { readonly stopwatch: Stopwatch },
): Promise<FeatureLists> {
  const deadline = ports.clock.monotonic() + ports.settings.searchDeadline;
  const found = await searchFeatures(ports, plan, what);
  stopwatch.lap('search');
  what.caller?.signal.throwIfAborted();
  refuseIfNothingAnswered(found);
  const milliseconds = deadline - ports.clock.monotonic();
  const { inputs, caller } = what;
  const completed = await completeLists(ports, plan, { inputs, found, milliseconds, caller });
  if (completed !== found) stopwatch.lap('complete');
  return completed;
}

function refuseIfNothingAnswered(found: FeatureLists): void {
  if (found.available.some(Boolean)) return;
  throw new ReweighError('ALL_FEATURES_FAILED', 'no feature could be searched', {
    degradations: found.degradations,
  });
}

function weighAndFuse(
  { id, command, plan, request, found }: Omit<Outcome, 'chosen' | 'fused'>,
  evidence: Evidence,
  depth: number,
): Pick<Outcome, 'chosen' | 'fused'> {
  const { generation, epochs, belief } = evidence;
  const seed = drawSeed({
    retriever: plan.retriever.id,
    generation,
    session: request.session,
    execution: id,
  });
  const chosen = chooseWeights({
    strategy: plan.version.spec.fusion.strategy,
    given: plan.searches.map(({ search }) => search.weight),
    generation,
    epochs,
    learned: belief === null ? null : { belief, mode: command.learn ? 'DRAW' : 'POINT', seed },
  });
  const fused = fuseLists(plan, {
    lists: found.lists,
    completed: found.completed,
    available: found.available,
    weights: chosen.weights,
    depth,
  });
  return { chosen, fused: { ...fused, notices: [...plan.notices, ...fused.notices, ...evidence.notices] } };
}

/** Whether this execution is among the share whose candidates beyond the hits are recorded: by its random bits. */
function isSampled(id: Uuid, share: number): boolean {
  return parseInt(id.slice(-8), 16) / 2 ** 32 < share;
}

function serve(ports: Ports, outcome: Outcome, stopwatch: Stopwatch): Served {
  outcome.plan.searches.forEach(({ search }, index) => {
    const milliseconds = outcome.found.milliseconds[index] ?? null;
    if (milliseconds !== null) stopwatch.add(`search ${search.feature}`, milliseconds);
  });
  const record = buildRecord(outcome, { servedAt: ports.clock.now(), timings: stopwatch.timings() });
  const to = Math.min(outcome.command.first, record.hitCount);
  if (!outcome.command.learn) return { record, recorded: false, to };
  const impression = to > 0 ? { executionId: record.id, from: 1, to, at: record.servedAt } : null;
  if (ports.executions.offer(record, impression)) return { record, recorded: true, to };
  ports.logger.warn({ execution: record.id, pending: ports.executions.pending }, 'execution not logged');
  return { record: notLogged(record), recorded: false, to };
}

function notLogged(record: ExecutionRecord): ExecutionRecord {
  const message = 'the log is full: later pages and interactions of this execution cannot be taken';
  return { ...record, notices: [...record.notices, { code: 'NOT_LOGGED', feature: null, message }] };
}

import { Args, Ctx, Info, Query, Resolver } from 'type-graphql';
import { ExecuteArgs, ExecutionArgs, ExecutionPageArgs, ExecutionsArgs } from '../schema/execution-args.ts';
import { ExecutionConnection, ExecutionType } from '../schema/execution.ts';
import { HIT_SCOPE } from './map-hits.ts';
import { decodeCursor, faultsOfFirst, foreignCursor, readPage, toConnection } from './page.ts';
import { execute } from '../engine/retriever/execute.ts';
import { listExecutions } from '../engine/execution/list-executions.ts';
import { readExecution } from '../engine/execution/read-execution.ts';
import { readInputs } from './given-inputs.ts';
import { refusal, refuseIfAny } from '../engine/errors.ts';
import { requireId } from './global-id.ts';
import { servePage } from '../engine/execution/serve-page.ts';
import { toExecution } from './map-execution.ts';
import type { Connection } from '../schema/page.ts';
import type { ExecutionRecord } from '../engine/execution/record.ts';
import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../context.ts';

/** Hits shown with each execution of a list. */
const LISTED_HITS = 25;

@Resolver()
export class ExecutionResolver {
  @Query(() => ExecutionType, {
    description: 'Runs a retriever and records what came of it. Not answered over GET: it is remembered.',
  })
  async execute(
    @Args(() => ExecuteArgs) args: ExecuteArgs,
    @Ctx() context: RequestContext,
  ): Promise<ExecutionType> {
    refuseOverGet(context, 'execute');
    const { record, recorded, to } = await execute(context.ports, {
      namespace: context.viewer.namespace,
      retriever: args.retriever,
      version: args.version ?? null,
      inputs: readInputs(args.inputs),
      user: args.user ?? null,
      session: args.session ?? null,
      first: args.first,
      executionKey: args.executionKey ?? null,
      learn: args.learn,
      caller: context,
    });
    return toExecution(context, { record, recorded, from: 1, to });
  }

  @Query(() => ExecutionType, {
    description:
      'A later page of an execution, in the order its first page was served in, and an impression of it. Not answered over GET.',
  })
  async executionPage(
    @Args(() => ExecutionPageArgs) args: ExecutionPageArgs,
    @Ctx() context: RequestContext,
  ): Promise<ExecutionType> {
    refuseOverGet(context, 'executionPage');
    const { id } = requireId(args.execution, ['Execution'], ['execution']);
    const { namespace } = context.viewer;
    const after = readHitCursor(args);
    const page = await servePage(context.ports, { namespace, execution: id, after, first: args.first });
    return toExecution(context, { ...page, recorded: true });
  }

  @Query(() => ExecutionType, {
    nullable: true,
    description: 'An execution, read back: no impression is counted. Null where there is none.',
  })
  async execution(
    @Args(() => ExecutionArgs) args: ExecutionArgs,
    @Ctx() context: RequestContext,
  ): Promise<ExecutionType | null> {
    const { id } = requireId(args.id, ['Execution'], ['id']);
    const after = readHitCursor(args);
    const record = await readExecution(context.ports, context.viewer.namespace, id);
    return record === null ? null : readBack(context, record, { after, first: args.first });
  }

  @Query(() => ExecutionConnection, {
    description: 'Logged executions, newest first, each with its first 25 hits.',
  })
  async executions(
    @Args(() => ExecutionsArgs) args: ExecutionsArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<ExecutionType>> {
    const request = readPage(args, 'executions', info);
    const page = await listExecutions(context.ports, {
      namespace: context.viewer.namespace,
      retriever: args.retriever ?? null,
      user: args.user ?? null,
      session: args.session ?? null,
      since: args.since ?? null,
      until: args.until ?? null,
      page: request,
    });
    return toConnection(page, { ...request, scope: 'executions' }, (record) =>
      readBack(context, record, { after: 0, first: LISTED_HITS }),
    );
  }
}

/** A stored execution with a page of its hits. */
export function readBack(
  context: RequestContext,
  record: ExecutionRecord,
  page: { readonly after: number; readonly first: number } = { after: 0, first: LISTED_HITS },
): ExecutionType {
  const to = Math.min(page.after + page.first, record.hitCount);
  return toExecution(context, { record, recorded: true, from: page.after + 1, to });
}

function refuseOverGet({ method }: RequestContext, field: string): void {
  if (method !== 'GET') return;
  throw refusal('METHOD_NOT_ALLOWED', `${field} is remembered, so it is not answered over GET`);
}

/** Rank of the hit before the page; 0: none. */
function readHitCursor(args: { readonly after?: string | null; readonly first: number }): number {
  const key = args.after == null ? '0' : decodeCursor(HIT_SCOPE, args.after);
  const rank = key !== null && /^\d{1,6}$/.test(key) ? Number(key) : null;
  refuseIfAny([...faultsOfFirst(args.first), ...(rank === null ? [foreignCursor()] : [])]);
  return rank ?? 0;
}

import { beforeAll } from '@jest/globals';
import {
  aDraft,
  aRecord,
  serve,
  startInstance,
  type DraftWish,
  type Instance,
} from '../support/learning-world.ts';
import { kindMask } from '../../src/engine/learning/reward.ts';
import type { ExecutionRecord } from '../../src/engine/execution/record.ts';
import type { InteractionFilter, RecordOutcome } from '../../src/engine/interaction/interaction-log.ts';
import type { Sql } from '../../src/store/sql.ts';
import type { TestDatabases } from '../support/databases.ts';
import type { Uuid } from '../../src/engine/ids.ts';

export const CLICK = kindMask(['CLICK']);
export const PURCHASE = kindMask(['PURCHASE']);
export const REFINEMENT = kindMask(['QUERY_REFINEMENT']);

export const EVERYTHING: InteractionFilter = {
  retrieverId: null,
  executionId: null,
  user: null,
  session: null,
  document: null,
  kinds: 0,
  state: null,
  since: null,
  until: null,
};

/** Two instances on one database; where there can be one connection only, they share it. Filled before the tests. */
export interface InteractionWorld {
  sql: Sql;
  here: Instance;
  elsewhere: Instance;
}

export function openWorld(databases: TestDatabases): InteractionWorld {
  const world = {} as InteractionWorld;
  beforeAll(async () => {
    const { database, another } = await databases.open();
    world.sql = database.sql;
    world.here = startInstance(database.sql);
    world.elsewhere = startInstance(another === null ? database.sql : (await another()).sql);
  });
  return world;
}

/** Serves one page of a retriever, ranks 1 to 10. */
export async function served(
  world: InteractionWorld,
  retrieverId: Uuid,
  wish: Partial<Parameters<typeof aRecord>[0]> = {},
): Promise<ExecutionRecord> {
  const record = aRecord({ retrieverId, seed: 'page', ...wish });
  await serve(world.here, [record]);
  return record;
}

export const report = (instance: Instance, wish: DraftWish): Promise<RecordOutcome> =>
  instance.interactions.record(aDraft(wish));

export const stateOf = (outcome: RecordOutcome): string =>
  outcome.status === 'refused' ? outcome.fault.code : outcome.interaction.state;

import { describe, expect, test } from '@jest/globals';
import { addRetriever, aRecord, onHit, serve, SILENT, startInstance } from '../support/learning-world.ts';
import {
  INTERACTION_LIMITS,
  PostgresInteractionLog,
} from '../../src/engine/interaction/postgres-interaction-log.ts';
import { CLICK, report, type InteractionWorld } from './interaction-log-world.ts';
import { countersOf, EVERYBODY } from '../support/learning-reads.ts';
import { PostgresCreditRules } from '../../src/engine/learning/postgres-credit-rules.ts';
import { PostgresExecutionLog } from '../../src/engine/execution/postgres-execution-log.ts';
import { PostgresSegments } from '../../src/engine/learning/postgres-segments.ts';
import { rebuild } from './counter-store-world.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import type { ExecutionRecord } from '../../src/engine/execution/record.ts';
import type { Instance } from '../support/learning-world.ts';
import type { Logger } from '../../src/engine/ports.ts';
import type { Uuid } from '../../src/engine/ids.ts';

const LIMIT = 3;

/** Instances that admit three segments a retriever rather than ten thousand. */
const fewSegments = ({ sql }: Instance): Instance =>
  startInstance(sql, systemClock, new PostgresCreditRules(new PostgresSegments(LIMIT)));

export function segmentLaws(world: InteractionWorld): void {
  const page = (retrieverId: Uuid, segment: number): ExecutionRecord =>
    aRecord({ retrieverId, seed: `${segment}`, segment: [`s${segment}`], user: `u${segment}` });

  /** Pages that each of ten segments has been counted for; 0 where it has no counters. */
  const pagesOf = (instance: Instance, retrieverId: Uuid): Promise<readonly number[]> =>
    Promise.all(
      Array.from({ length: 10 }, async (_, segment) => {
        const subject = `["s${segment}"]`;
        return (await countersOf(instance, retrieverId, { level: 'SEGMENT', subject }))[0]!;
      }),
    );

  describe('more segments than may have counters', () => {
    test('teach everybody and the user, and those that came first keep theirs', async () => {
      const [here, elsewhere] = [fewSegments(world.here), fewSegments(world.elsewhere)];
      const retrieverId = await addRetriever(world.sql);
      const first = Array.from({ length: 10 }, (_, segment) => page(retrieverId, segment));
      for (const record of first) await serve(record.segment![0]! < 's5' ? here : elsewhere, [record]);
      await serve(
        elsewhere,
        first.map((_, segment) => page(retrieverId, segment)),
      );
      for (const record of first) await report(here, onHit(record, 1, CLICK));
      const counted = [2, 2, 2, 0, 0, 0, 0, 0, 0, 0];
      expect(await pagesOf(here, retrieverId)).toEqual(counted);
      const everybody = await countersOf(here, retrieverId, EVERYBODY);
      expect([everybody[0], everybody[1]]).toEqual([20, 10]);
      const user = await countersOf(here, retrieverId, { level: 'USER', subject: 'u9' });
      expect([user[0], user[1]]).toEqual([2, 1]);
      await rebuild([fewSegments(world.elsewhere)], retrieverId);
      expect(await pagesOf(here, retrieverId)).toEqual(counted);
      expect((await countersOf(here, retrieverId, EVERYBODY))[0]).toBe(20);
    });

    test('are admitted up to the limit and no further when many come at once, here and elsewhere', async () => {
      const [here, elsewhere] = [fewSegments(world.here), fewSegments(world.elsewhere)];
      const retrieverId = await addRetriever(world.sql);
      const pages = Array.from({ length: 10 }, (_, segment) => page(retrieverId, segment));
      await Promise.all([serve(here, pages.slice(0, 6)), serve(elsewhere, pages.slice(4))]);
      const counted = await pagesOf(here, retrieverId);
      expect(counted.filter((count) => count > 0)).toHaveLength(LIMIT);
    });

    test('are mentioned in the log, once', async () => {
      const warned: unknown[] = [];
      const parts = { sql: world.sql, clock: systemClock };
      const logger: Logger = { ...SILENT, warn: (fields) => warned.push(fields) };
      const log = new PostgresInteractionLog({
        ...parts,
        logger,
        rules: new PostgresCreditRules(new PostgresSegments(LIMIT)),
        limits: INTERACTION_LIMITS,
        onCredited: () => undefined,
        onShown: () => undefined,
      });
      const executions = new PostgresExecutionLog({
        ...parts,
        logger: SILENT,
        onWritten: (sql, written) => log.countImpressions(sql, written),
      });
      const retrieverId = await addRetriever(world.sql);
      for (let segment = 0; segment < 8; segment += 1)
        await serve({ ...world.here, executions }, [page(retrieverId, segment)]);
      expect(warned).toEqual([{ retriever: retrieverId, limit: LIMIT }]);
    });

    test('of another retriever have room of their own', async () => {
      const here = fewSegments(world.here);
      for (const retrieverId of [await addRetriever(world.sql), await addRetriever(world.sql)]) {
        await serve(
          here,
          Array.from({ length: 5 }, (_, segment) => page(retrieverId, segment)),
        );
        expect((await pagesOf(here, retrieverId)).filter((count) => count > 0)).toHaveLength(LIMIT);
      }
    });
  });
}

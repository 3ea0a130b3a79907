import { afterAll } from '@jest/globals';
import { describeDatabases } from '../support/databases.ts';
import { executionLogLaws, type LogOptions } from './execution-log.ts';
import { failingSql } from '../support/failing-sql.ts';
import { PostgresExecutionLog } from '../../src/engine/execution/postgres-execution-log.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import type { Database } from '../../src/store/database.ts';

const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

describeDatabases('execution log', ({ open }) => {
  const logs: PostgresExecutionLog[] = [];
  afterAll(() => Promise.all(logs.map((log) => log.close())));
  const over =
    ({ sql }: Database) =>
    ({ faults = {}, clock = systemClock, ...options }: LogOptions = {}) => {
      const log = new PostgresExecutionLog({ sql: failingSql(sql, faults), clock, logger, ...options });
      logs.push(log);
      return log;
    };
  executionLogLaws(async () => {
    const { database, another } = await open();
    return { log: over(database), other: over(another === null ? database : await another()) };
  });
});

import type { Composition } from './compose.ts';
import type { Metrics, Reading } from './request/metrics.ts';

/** Has the queues of the writers, the connections to the database and the process read at every scrape. */
export function watchComposition(
  metrics: Metrics,
  { ports, pool }: Pick<Composition, 'ports' | 'pool'>,
): void {
  const logs = { executions: ports.executions, interactions: ports.interactions };
  const perLog = (value: (log: (typeof logs)[keyof typeof logs]) => number): readonly Reading[] =>
    Object.entries(logs).map(([log, writer]) => ({ labels: { log }, value: value(writer) }));
  metrics.watch('reweigh_writer_pending', () => perLog(({ pending }) => pending));
  metrics.watch('reweigh_writer_oldest_seconds', () => perLog(({ oldestPending }) => oldestPending / 1_000));
  metrics.watch('reweigh_database_connections', () => {
    const { used, idle, waiting } = pool();
    return Object.entries({ used, idle, waiting }).map(([state, value]) => ({ labels: { state }, value }));
  });
  metrics.watch('reweigh_database_connections_limit', () => [{ labels: {}, value: pool().limit }]);
  metrics.watchProcess();
}

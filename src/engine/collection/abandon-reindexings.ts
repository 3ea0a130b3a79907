import { uuidV7 } from '../ids.ts';
import type { ReindexingPorts } from './run-reindexing.ts';

/**
 * Clears away after reindexings whose instance has died: what they had begun is removed, writes go on, and they are
 * marked as failed. One that cannot be cleared away now is found again in half a minute.
 */
export async function abandonReindexings(
  ports: Pick<ReindexingPorts, 'backend' | 'catalog' | 'clock' | 'logger' | 'reindexings'>,
): Promise<void> {
  const run = uuidV7(ports.clock.now());
  const faults: unknown[] = [];
  for (const { id, namespace } of await ports.reindexings.takeOver(run))
    try {
      const collection = await ports.catalog.collectionById(namespace, id);
      if (collection === null) continue;
      const done = await ports.backend.abandonRewrite(collection);
      const reason = done ? null : 'the instance that ran it died; nothing has changed';
      await ports.reindexings.end({ collectionId: id, run }, { state: done ? 'DONE' : 'FAILED', reason });
      ports.logger.warn(
        { collection: collection.name, done },
        'cleared away after a reindexing that had died',
      );
    } catch (error) {
      faults.push(error);
    }
  if (faults.length > 0) throw faults[0];
}

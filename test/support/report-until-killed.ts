/**
 * A process that reports interactions until it is killed: node report-until-killed.ts <data folder> <per second>
 * Prints one line for every interaction that was acknowledged: its id.
 */
import { addRetriever, aDraft, aRecord, onHit, serve, startInstance } from './learning-world.ts';
import { openEmbeddedDatabase } from '../../src/store/embedded-database.ts';
import { seededRandom } from '../../src/engine/random.ts';
import { systemClock } from '../../src/engine/system-clock.ts';

const [, , folder, rate] = process.argv;
const perSecond = Number(rate);
const database = await openEmbeddedDatabase(folder!, {
  poolSize: 4,
  statementTimeoutMs: 20_000,
  connectTimeoutMs: 20_000,
});
const instance = startInstance(database.sql);
const random = seededRandom(`reports ${process.pid}`);
const retrieverId = await addRetriever(database.sql);
const records = Array.from({ length: 200 }, (_, index) =>
  aRecord({ retrieverId, seed: `${index}`, hits: 20, user: `u${index % 40}`, segment: [`s${index % 3}`] }),
);
await serve(instance, records);
process.stdout.write(`ready ${retrieverId}\n`);

const start = performance.now();
for (let sent = 0; ; await systemClock.delay(2)) {
  const due = ((performance.now() - start) * perSecond) / 1_000;
  for (; sent < due; sent += 1) {
    const record = records[Math.floor(random.next() * records.length)]!;
    const draft = aDraft(
      onHit(record, 1 + Math.floor(random.next() * 14), 1 << Math.floor(random.next() * 10)),
    );
    void instance.interactions.record(draft).then(
      ({ status }) => {
        if (status === 'recorded') process.stdout.write(`${draft.id}\n`);
      },
      // Refused or given up under load: nothing was promised.
      () => undefined,
    );
    // Later pages are being counted all the while.
    if (sent % 20 === 0)
      instance.executions.offerImpression('default', {
        executionId: record.id,
        from: 11,
        to: 20,
        at: new Date(),
      });
  }
}

/**
 * A process of its own for the tests: opens the database in a folder, says so, writes a numbered row as fast as it
 * can, and says which are durable. Ends when it is killed.
 */
import { openEmbeddedDatabase } from '../../src/store/embedded-database.ts';

const database = await openEmbeddedDatabase(process.argv[2]!, {
  poolSize: 2,
  statementTimeoutMs: 20_000,
  connectTimeoutMs: 20_000,
});
await database.sql.query('create table if not exists written (n int)');
console.log('open');
for (let n = 1; ; n += 1) {
  await database.sql.query('insert into written values ($1)', [n]);
  console.log(n);
}

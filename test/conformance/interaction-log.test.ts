import { creditingLaws } from './interaction-log-credit.ts';
import { describeDatabases } from '../support/databases.ts';
import { keptLaws } from './interaction-log-kept.ts';
import { openWorld } from './interaction-log-world.ts';
import { repetitionLaws } from './interaction-log-repetition.ts';
import { waitingLaws } from './interaction-log-waiting.ts';

describeDatabases('the log of interactions', (databases) => {
  const world = openWorld(databases);
  creditingLaws(world);
  keptLaws(world);
  repetitionLaws(world);
  waitingLaws(world);
});

import { describeDatabases } from '../support/databases.ts';
import { interleavingLaws } from './counter-store-interleaving.ts';
import { openWorld } from './interaction-log-world.ts';
import { readingLaws } from './counter-store-reading.ts';
import { rebuildLaws } from './counter-store-rebuild.ts';
import { segmentLaws } from './counter-store-segments.ts';

describeDatabases('the counters', (databases) => {
  const world = openWorld(databases);
  readingLaws(world);
  rebuildLaws(world);
  interleavingLaws(world);
  segmentLaws(world);
});

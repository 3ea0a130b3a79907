import { Attached } from './0003-attached.ts';
import { First } from './0001-first.ts';
import { Learning } from './0002-learning.ts';
import { RefusedTexts } from './0005-refused-texts.ts';
import { Reindexing } from './0004-reindexing.ts';
import type { MigrationObject } from '@mikro-orm/core';

/** Every migration, in the order they are applied in. A new one is appended; one that was released never changes. */
export const MIGRATIONS: readonly MigrationObject[] = [
  { name: '0001-first', class: First },
  { name: '0002-learning', class: Learning },
  { name: '0003-attached', class: Attached },
  { name: '0004-reindexing', class: Reindexing },
  { name: '0005-refused-texts', class: RefusedTexts },
];

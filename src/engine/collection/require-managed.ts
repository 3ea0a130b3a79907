import { refusal } from '../errors.ts';
import type { Collection } from './collection.ts';

/** READ_ONLY for a collection over an index that somebody else fills. */
export function requireManaged({ name, attached }: Collection): void {
  if (attached === undefined) return;
  throw refusal(
    'READ_ONLY',
    `${name} is attached to the index ${attached.index}, which is only read: write to the index itself`,
    ['collection'],
  );
}

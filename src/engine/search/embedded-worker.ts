/** The thread that holds the vectors. Erasable syntax only: Node runs this file from source in tests. */
import { parentPort } from 'node:worker_threads';
import {
  deleteDocuments,
  emptyCollection,
  putDocuments,
  searchCollection,
  type LoadedCollection,
} from './embedded-collection.ts';
import type { Nearest } from './embedded-nearest.ts';
import type { Ticketed, WorkerAnswer, WorkerMessage } from './embedded-protocol.ts';
import type { Uuid } from '../ids.ts';

const collections = new Map<Uuid, LoadedCollection>();

function loaded(id: Uuid): LoadedCollection {
  const collection = collections.get(id) ?? emptyCollection();
  collections.set(id, collection);
  return collection;
}

function handle(message: WorkerMessage): Nearest | null {
  switch (message.kind) {
    case 'put':
      putDocuments(loaded(message.collection), message);
      return null;
    case 'delete':
      deleteDocuments(loaded(message.collection), message.ids);
      return null;
    case 'drop':
      collections.delete(message.collection);
      return null;
    case 'search':
      // What nobody waits for any more is not computed: after a rush the queue empties at once.
      return Date.now() > message.expires ? null : searchCollection(loaded(message.collection), message);
    case 'ping':
      return null;
  }
}

function answer({ ticket, message }: Ticketed): WorkerAnswer {
  try {
    return { ticket, ok: true, value: handle(message) };
  } catch (error) {
    return { ticket, ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on('message', (ticketed: Ticketed) => parentPort?.postMessage(answer(ticketed)));

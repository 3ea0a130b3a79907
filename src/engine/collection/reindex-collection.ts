import { refusal, refuseIfAny, type Fault } from '../errors.ts';
import { requireCollection } from '../retriever/plan.ts';
import { requireManaged } from './require-managed.ts';
import { runReindexing } from './run-reindexing.ts';
import { uuidV7, type Uuid } from '../ids.ts';
import type { Collection, Feature } from './collection.ts';
import type { RefusedTexts } from './reindexing.ts';
import type { ReindexingPorts } from './run-reindexing.ts';

export interface ReindexCommand {
  readonly namespace: string;
  readonly collection: string;
  /** URIs of features whose vectors are all made anew from the source fields; null: none. */
  readonly embed: readonly string[] | null;
  readonly refusedTexts: RefusedTexts;
}

/**
 * Begins to store all documents of a collection anew, in the background: with the present settings of the index, the
 * registered features only, and a vector from its embedder where a document lacks one. NOT_FOUND; UNKNOWN_FEATURE or
 * INVALID_VALUE for a feature that cannot be embedded; READ_ONLY; ALREADY_RUNNING.
 */
export async function reindexCollection(
  ports: ReindexingPorts,
  command: ReindexCommand,
): Promise<Collection> {
  const collection = await requireCollection(ports, command.namespace, command.collection);
  requireManaged(collection);
  const features = await ports.catalog.featuresOf(collection.id);
  const embed = featuresToEmbed(features, command.embed ?? []);
  const { refusedTexts } = command;
  const run = { collectionId: collection.id, run: uuidV7(ports.clock.now()) };
  if (!(await ports.reindexings.begin(run))) {
    const message = `the collection ${collection.name} is being reindexed already`;
    throw refusal('ALREADY_RUNNING', message, ['collection']);
  }
  ports.jobs.start(`reindexing ${collection.id}`, (signal) =>
    runReindexing(ports, { ...run, collection, features, embed, refusedTexts }, signal),
  );
  return collection;
}

function featuresToEmbed(features: readonly Feature[], uris: readonly string[]): ReadonlySet<Uuid> {
  const faults: Fault[] = [];
  const ids = uris.flatMap((uri, index) => {
    const path = ['embed', index];
    const feature = features.find((known) => known.uri === uri);
    if (feature === undefined) {
      const known = features.map((one) => one.uri).join(', ') || 'no features';
      faults.push({ code: 'UNKNOWN_FEATURE', path, message: `the collection has ${known}` });
    } else if (feature.embedder === 'NONE' || feature.sourceFields.length === 0)
      faults.push({
        code: 'INVALID_VALUE',
        path,
        message: `${uri} has no embedder that reads source fields`,
      });
    else if (uris.indexOf(uri) < index)
      faults.push({ code: 'DUPLICATE', path, message: `${uri} is named twice` });
    return feature === undefined ? [] : [feature.id];
  });
  refuseIfAny(faults);
  return new Set(ids);
}

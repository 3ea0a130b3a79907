import { DEMO, DEMO_COLLECTION, DEMO_FEATURES, DEMO_SPEC } from './demo-definition.ts';
import { createCollection } from '../engine/collection/create-collection.ts';
import { createRetriever } from '../engine/retriever/create-retriever.ts';
import { indexDocuments } from '../engine/collection/index-documents.ts';
import { measureMissing } from '../engine/collection/measure-background.ts';
import { readCatalogue } from './read-catalogue.ts';
import { registerFeature } from '../engine/collection/register-feature.ts';
import { requireCollection } from '../engine/retriever/plan.ts';
import { ReweighError, refuseIfAny } from '../engine/errors.ts';
import type { Ports } from '../engine/ports.ts';

export type DemoPorts = Pick<Ports, 'catalog' | 'backend' | 'embedder' | 'settings' | 'clock' | 'jobs'>;

/** LOADED: now. PRESENT: by an earlier start. NOT_EMPTY: the namespace holds other collections, nothing was done. */
export type DemoOutcome = 'LOADED' | 'PRESENT' | 'NOT_EMPTY';

/**
 * Fills an empty namespace with the demo: collection, features, documents, backgrounds, and the retriever last, so
 * that its being there means that all is there. Every step may be repeated: a start that was killed half-way is
 * completed by the next, and of two starts at once both succeed.
 */
export async function loadDemo(ports: DemoPorts, namespace: string): Promise<DemoOutcome> {
  if ((await ports.catalog.retrieverByName(namespace, DEMO)) !== null) return 'PRESENT';
  const { rows } = await ports.catalog.collections(namespace, { first: 2, after: null, count: false });
  if (rows.some(({ key }) => key !== DEMO)) return 'NOT_EMPTY';
  await unlessTaken(createCollection(ports, { namespace, ...DEMO_COLLECTION }));
  for (const feature of DEMO_FEATURES)
    await unlessTaken(registerFeature(ports, { namespace, collection: DEMO, ...feature }));
  await indexCatalogue(ports, namespace);
  await measureMissing(ports, await requireCollection(ports, namespace, DEMO));
  await unlessTaken(createRetriever(ports, { namespace, name: DEMO, spec: DEMO_SPEC }));
  return 'LOADED';
}

async function indexCatalogue(ports: DemoPorts, namespace: string): Promise<void> {
  const documents = readCatalogue();
  const outcomes = await indexDocuments(ports, { namespace, collection: DEMO, documents });
  refuseIfAny(outcomes.flatMap((outcome) => (outcome.status === 'REFUSED' ? outcome.faults : [])));
}

/** The work, where a name that is in use already means that an earlier start did it. */
async function unlessTaken(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof ReweighError) || error.code !== 'NAME_TAKEN') throw error;
  }
}

import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { Node } from '../schema/node.ts';
import { decodeGlobalId, type GlobalId } from '../engine/ids.ts';
import { readBack } from './execution.ts';
import { readExecution } from '../engine/execution/read-execution.ts';
import { refuseIfAny, type Fault } from '../engine/errors.ts';
import { toCollection, toFeatures } from './map-collection.ts';
import { toDocument } from './map-document.ts';
import { toInteraction } from './map-interaction.ts';
import { toRetrieverById, toVersion } from './map-retriever.ts';
import type { RequestContext } from '../context.ts';

const MOST_IDS = 100;

@Resolver()
export class NodeResolver {
  @Query(() => Node, {
    nullable: true,
    description:
      'Anything with a global id; null where it is not there. A hit is found through its execution.',
  })
  async node(
    @Arg('id', () => ID, { description: 'Its global id.' }) id: string,
    @Ctx() context: RequestContext,
  ): Promise<Node | null> {
    const decoded = decodeGlobalId(id);
    refuseIfAny(decoded === null ? [foreignId(['id'])] : []);
    return decoded === null ? null : readNode(context, decoded);
  }

  @Query(() => [Node], {
    nullable: 'items',
    description: 'Several things with global ids, in the given order; null for each that is not there.',
  })
  async nodes(
    @Arg('ids', () => [ID], { description: '1 to 100 global ids.' }) ids: readonly string[],
    @Ctx() context: RequestContext,
  ): Promise<readonly (Node | null)[]> {
    const decoded = ids.slice(0, MOST_IDS).map(decodeGlobalId);
    refuseIfAny([
      ...(ids.length < 1 || ids.length > MOST_IDS ? [wrongCount(ids.length)] : []),
      ...decoded.flatMap((id, index) => (id === null ? [foreignId(['ids', index])] : [])),
    ]);
    return Promise.all(decoded.map((id) => (id === null ? null : readNode(context, id))));
  }
}

function foreignId(path: readonly (string | number)[]): Fault {
  return { code: 'INVALID_ID', path, message: 'expected a global id as this server gave it out' };
}

function wrongCount(count: number): Fault {
  return { code: 'OUT_OF_RANGE', path: ['ids'], message: `expected 1 to ${MOST_IDS} ids, got ${count}` };
}

async function readNode(context: RequestContext, id: GlobalId): Promise<Node | null> {
  const { ports, viewer, loaders } = context;
  switch (id.type) {
    case 'Collection': {
      const collection = await loaders.collection.load(id.id);
      return collection === null ? null : toCollection(context, collection);
    }
    case 'Feature': {
      const feature = await ports.catalog.featureById(viewer.namespace, id.id);
      const collection = feature === null ? null : await loaders.collection.load(feature.collectionId);
      if (feature === null || collection === null) return null;
      return toFeatures(context, collection, [feature])[0] ?? null;
    }
    case 'Document': {
      const found = await loaders.document.load({ collection: id.id, id: id.document });
      return found === null ? null : toDocument(context, found.collection, found.document);
    }
    case 'Retriever':
      return toRetrieverById(context, id.id);
    case 'RetrieverVersion': {
      if ((await loaders.retriever.load(id.id)) === null) return null;
      const version = await ports.catalog.version(id.id, id.version);
      return version === null ? null : toVersion(version);
    }
    case 'Execution': {
      const record = await readExecution(ports, viewer.namespace, id.id);
      return record === null ? null : readBack(context, record);
    }
    case 'Interaction': {
      const interaction = await ports.interactions.find(viewer.namespace, id.id);
      return interaction === null ? null : toInteraction(context, interaction);
    }
    case 'Hit':
    case 'UnrecordedHit':
      return null;
  }
}

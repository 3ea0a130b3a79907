import { encodeGlobalId, type Uuid } from '../engine/ids.ts';
import { KINDS } from '../engine/learning/reward.ts';
import { ReweighError } from '../engine/errors.ts';
import { toFilterJson } from './map-filter.ts';
import type { Learning } from '../engine/retriever/learning-spec.ts';
import type { LearningType } from '../schema/learning.ts';
import type { RequestContext } from '../context.ts';
import type { Retriever, RetrieverVersion } from '../engine/retriever/retriever.ts';
import type { RetrieverType, RetrieverVersionType } from '../schema/retriever.ts';

/** `latest`, where it is at hand already, is not read again. */
export function toRetriever(
  context: RequestContext,
  retriever: Retriever,
  latest?: RetrieverVersion,
): RetrieverType {
  const { id, name, latestVersion, clonedFrom, createdAt } = retriever;
  return {
    id: encodeGlobalId({ type: 'Retriever', id }),
    uuid: id,
    name,
    latestVersion,
    latest: async () => toVersion(latest ?? (await readVersion(context, id, latestVersion))),
    clonedFrom:
      clonedFrom === null
        ? null
        : {
            retriever: () => toRetrieverById(context, clonedFrom.retrieverId),
            version: clonedFrom.version,
          },
    createdAt,
  };
}

export async function toRetrieverById(context: RequestContext, id: Uuid): Promise<RetrieverType | null> {
  const retriever = await context.loaders.retriever.load(id);
  return retriever === null ? null : toRetriever(context, retriever);
}

async function readVersion({ ports }: RequestContext, id: Uuid, number: number): Promise<RetrieverVersion> {
  const version = await ports.catalog.version(id, number);
  if (version === null) throw new ReweighError('NOT_FOUND', 'the retriever was deleted meanwhile');
  return version;
}

export function toVersion({ retrieverId, version, spec, createdAt }: RetrieverVersion): RetrieverVersionType {
  return {
    ...spec,
    id: encodeGlobalId({ type: 'RetrieverVersion', id: retrieverId, version }),
    version,
    searches: spec.searches.map((search) => ({ ...search, filter: toFilterJson(search.filter) })),
    learning: toLearning(spec.learning),
    filter: toFilterJson(spec.filter),
    createdAt,
  };
}

function toLearning({ rewardMap, ...learning }: Learning): LearningType {
  return {
    ...learning,
    rewards: KINDS.map((kind, index) => ({ kind, reward: rewardMap.rewards[index] ?? 0 })),
    rewardLimit: rewardMap.limit,
  };
}

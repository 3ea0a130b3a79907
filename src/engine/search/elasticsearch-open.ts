import { ReweighError } from '../errors.ts';
import { ElasticsearchBackend } from './elasticsearch-backend.ts';
import {
  connectElasticsearch,
  type ElasticsearchAccess,
  type ElasticsearchCalls,
} from './elasticsearch-client.ts';
import type { Clock } from '../clock.ts';
import type { IndexOption, IndexSettings } from './elasticsearch-mapping.ts';

export interface ElasticsearchOptions extends ElasticsearchAccess {
  /** Begins the name of every index; reweigh- unless given. */
  readonly indexPrefix?: string;
  /** hnsw unless given. */
  readonly indexOption?: IndexOption;
  /** Primary shards of a new index; 1 unless given. */
  readonly shards?: number;
  readonly replicas?: number;
  /** 1s unless given. */
  readonly refreshInterval?: string;
  /** How long an index that was replaced stays, in milliseconds; 5,000 unless given. */
  readonly leaveAfter?: number;
  /** Longest time of a read other than a search, in milliseconds; 10,000 unless given. */
  readonly readDeadline?: number;
  /** Longest time of a write, in milliseconds; 60,000 unless given. */
  readonly writeDeadline?: number;
}

const MAJOR = 9;
/** Base64 in dense_vector fields and queries is known to work from here on. */
const BASE64_FROM = [9, 5] as const;
const DEADLINE = 10_000;

/**
 * Connects and looks at the server's version. SEARCH_UNAVAILABLE where it does not answer; CONFIG_INVALID for
 * another major version than 9.
 */
export async function openElasticsearch(
  options: ElasticsearchOptions,
  clock: Clock,
): Promise<ElasticsearchBackend> {
  const calls = connectElasticsearch(options, clock);
  try {
    const versions = await versionsOf(calls);
    refuseOtherMajors(versions);
    return new ElasticsearchBackend({
      calls,
      clock,
      indexPrefix: options.indexPrefix ?? 'reweigh-',
      index: indexSettings(options),
      deadlines: { read: options.readDeadline ?? 10_000, write: options.writeDeadline ?? 60_000 },
      base64Vectors: versions.every(readsBase64),
    });
  } catch (error) {
    await calls.close();
    throw error;
  }
}

/** Of all nodes. In plain JSON: another major version refuses what is asked in the form of this one. */
async function versionsOf(calls: ElasticsearchCalls): Promise<readonly string[]> {
  const query = { filter_path: 'nodes.*.version' };
  const answer = await calls.call<{
    readonly nodes?: Readonly<Record<string, { readonly version: string }>>;
  }>({ method: 'GET', path: '/_nodes/_all/http', query, accept: 'application/json' }, DEADLINE);
  return Object.values(answer?.nodes ?? {}).map(({ version }) => version);
}

function indexSettings(options: ElasticsearchOptions): IndexSettings {
  return {
    indexOption: options.indexOption ?? 'hnsw',
    shards: options.shards ?? 1,
    replicas: options.replicas ?? null,
    refreshInterval: options.refreshInterval ?? '1s',
    ...(options.leaveAfter === undefined ? {} : { leaveAfter: options.leaveAfter }),
  };
}

function refuseOtherMajors(versions: readonly string[]): void {
  const others = versions.filter((version) => Number.parseInt(version, 10) !== MAJOR);
  if (versions.length === 0 || others.length > 0)
    throw new ReweighError(
      'CONFIG_INVALID',
      `ELASTICSEARCH_URL: expected Elasticsearch ${MAJOR}.x, got ${others.join(', ') || 'no version'}`,
    );
}

function readsBase64(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > BASE64_FROM[0] || (major === BASE64_FROM[0] && minor >= BASE64_FROM[1]);
}

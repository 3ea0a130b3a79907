import type { CallDeadlines, ElasticsearchCalls } from './elasticsearch-client.ts';
import type { Clock } from '../clock.ts';
import type { IndexSettings } from './elasticsearch-mapping.ts';

export interface ElasticsearchBackendOptions {
  readonly calls: ElasticsearchCalls;
  readonly clock: Clock;
  /** Begins the name of every index; lower case. */
  readonly indexPrefix: string;
  readonly index: IndexSettings;
  readonly deadlines: CallDeadlines;
  /** False for servers that read vectors only as numbers. */
  readonly base64Vectors: boolean;
}

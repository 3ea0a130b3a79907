import { refusal, type ReweighError } from '../errors.ts';

/** Why the embedded search does nothing with an attached collection. */
export function needsElasticsearch(): ReweighError {
  return refusal(
    'NOT_SUPPORTED',
    'attached indexes are searched by Elasticsearch: start the server with ELASTICSEARCH_URL',
  );
}

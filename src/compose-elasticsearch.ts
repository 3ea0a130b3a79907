import { readFileSync } from 'node:fs';
import { ReweighError } from './engine/errors.ts';
import type { Config } from './config-variables.ts';
import type { ElasticsearchOptions } from './engine/search/elasticsearch-open.ts';

/** How Elasticsearch at `url` is reached and used. CONFIG_INVALID where its authority's certificate cannot be read. */
export function elasticsearchOptions(config: Config, url: string): ElasticsearchOptions {
  const { ELASTICSEARCH_API_KEY: apiKey, ELASTICSEARCH_USERNAME: username } = config;
  const { ELASTICSEARCH_PASSWORD: password, ELASTICSEARCH_CA: ca } = config;
  return {
    url,
    indexPrefix: config.ELASTICSEARCH_INDEX_PREFIX,
    indexOption: config.ELASTICSEARCH_INDEX_OPTION,
    ...(apiKey === null ? {} : { apiKey }),
    ...(username === null || password === null ? {} : { username, password }),
    ...(ca === null ? {} : { ca: readCertificate(ca) }),
  };
}

function readCertificate(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ReweighError('CONFIG_INVALID', `ELASTICSEARCH_CA: cannot be read: ${(error as Error).message}`);
  }
}

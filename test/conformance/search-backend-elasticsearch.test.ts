import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { openElasticsearch } from '../../src/engine/search/elasticsearch-open.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import {
  elasticsearchForTests,
  whyNoElasticsearch,
  type TestElasticsearch,
} from '../support/elasticsearch.ts';
import { searchBackendLaws, type OpenBackend } from './search-backend.ts';
import type { IndexOption } from '../../src/engine/search/elasticsearch-mapping.ts';

const reason = whyNoElasticsearch();
if (reason !== null) test.skip(`Elasticsearch as a search backend (${reason})`, () => undefined);
else
  describe('over a real server', () => {
    let server: TestElasticsearch;
    beforeAll(async () => {
      server = await elasticsearchForTests();
    }, 240_000);
    afterAll(() => server.stop());

    const open = async (indexOption: IndexOption): Promise<OpenBackend> => {
      const backend = await openElasticsearch(
        {
          url: server.url,
          indexPrefix: `laws-${process.pid}-`,
          indexOption,
          refreshInterval: '100ms',
          leaveAfter: 500,
          shards: indexOption === 'flat' ? 1 : 3,
        },
        systemClock,
      );
      return {
        backend,
        reopen: async () => {
          await backend.close();
          return open(indexOption);
        },
        end: () => backend.close(),
      };
    };
    searchBackendLaws('elasticsearch (flat)', () => open('flat'));
    searchBackendLaws('elasticsearch (hnsw, three shards)', () => open('hnsw'));
  });

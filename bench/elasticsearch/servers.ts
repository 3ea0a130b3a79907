import { freshDatabase } from '../../test/support/production.ts';
import { npmPostgres, startPostgres } from '../../scripts/postgres-server.ts';
import { startOwnElasticsearch } from '../../test/support/elasticsearch.ts';

export interface Servers {
  /** URL of Elasticsearch. */
  readonly elasticsearch: string;
  /** URL of an empty database of PostgreSQL 18, with fsync. */
  database(): Promise<string>;
  stop(): Promise<void>;
}

const HEAP = '3g';

/** PostgreSQL from npm, and the Elasticsearch that ELASTICSEARCH_URL names, else one of the bench's own. */
export async function startServers(): Promise<Servers> {
  const given = process.env['ELASTICSEARCH_URL'];
  const own = given === undefined ? await startOwnElasticsearch(1, [], HEAP) : null;
  const postgres = await startPostgres(await npmPostgres(), []);
  return {
    elasticsearch: given ?? own!.url,
    database: async () => (await freshDatabase(postgres))(),
    stop: async () => {
      await postgres.stop();
      await own?.stop();
    },
  };
}

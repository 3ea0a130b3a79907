import {
  describeUnlessMissing,
  POSTGRES_VERSIONS,
  startPostgres,
  type PostgresServer,
  type PostgresVersion,
} from './database-postgres.ts';
import { elasticsearchForTests, whyNoElasticsearch, type TestElasticsearch } from './elasticsearch.ts';

/** Who keeps the truth, and who searches. */
export interface ProductionForm extends Pick<PostgresVersion, 'name' | 'missing' | 'programs'> {
  readonly searching: 'embedded' | 'elasticsearch';
}

export interface ProductionServers {
  readonly database: PostgresServer;
  /** What instances are told beside the address of their database. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const FORMS: readonly ProductionForm[] = [
  ...POSTGRES_VERSIONS.map((version) => ({ ...version, searching: 'embedded' as const })),
  {
    ...POSTGRES_VERSIONS[0]!,
    name: `${POSTGRES_VERSIONS[0]!.name} and Elasticsearch`,
    missing: whyNoElasticsearch(),
    searching: 'elasticsearch',
  },
];

/** One `describe` on each version of PostgreSQL with the embedded search, and one with Elasticsearch. */
export function describeForms(title: string, suite: (form: ProductionForm) => void): void {
  for (const form of FORMS) describeUnlessMissing(`${title} on ${form.name}`, form, suite);
}

export async function startForm({ programs, searching }: ProductionForm): Promise<ProductionServers> {
  const elasticsearch: TestElasticsearch | null =
    searching === 'elasticsearch' ? await elasticsearchForTests() : null;
  const database = await startPostgres(await programs());
  const prefix = `e2e-${process.pid}-`;
  return {
    database,
    environment:
      elasticsearch === null
        ? {}
        : { ELASTICSEARCH_URL: elasticsearch.url, ELASTICSEARCH_INDEX_PREFIX: prefix },
    stop: async () => {
      await database.stop();
      if (elasticsearch === null) return;
      await removeIndexes(elasticsearch.url, prefix);
      await elasticsearch.stop();
    },
  };
}

async function removeIndexes(url: string, prefix: string): Promise<void> {
  const indexes = (await (await fetch(`${url}/${prefix}*/_alias`)).json()) as object;
  for (const index of Object.keys(indexes)) await fetch(`${url}/${index}`, { method: 'DELETE' });
}

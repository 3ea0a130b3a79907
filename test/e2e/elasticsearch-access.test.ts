import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { answerTo } from '../support/http-api.ts';
import { codesOf } from '../support/server.ts';
import {
  elasticsearchForTests,
  whyNoElasticsearch,
  type TestElasticsearch,
} from '../support/elasticsearch.ts';
import { ensureBuilt, temporaryFolder, type ServerProcess } from '../support/process.ts';
import {
  addShop,
  EXECUTE,
  freshDatabase,
  removeShop,
  startInstanceOn,
  stopInstance,
} from '../support/production.ts';
import { npmPostgres, startPostgres, type PostgresServer } from '../support/database-postgres.ts';
import { fakeElasticsearch } from '../support/elasticsearch-fake.ts';
import { makeCertificate, type Certificate } from '../support/certificate.ts';
import { startElasticsearchFront, type ElasticsearchFront } from '../support/elasticsearch-front.ts';

const KEY = Buffer.from('id:s3cret').toString('base64');
const PASSWORD = 'p4ssw0rd';

const folder = temporaryFolder();
let database: PostgresServer;
let address: string;
const start = (environment: Readonly<Record<string, string>>): ServerProcess =>
  startInstanceOn(address, environment);
/** What a server says that does not start. */
const complaintOf = async ({ ended, output }: ServerProcess): Promise<string> => {
  expect(await ended).toBe(1);
  expect(output.out).toBe('');
  expect(output.err).not.toMatch(/\n {4}at |node:internal/);
  return output.err;
};

beforeAll(async () => {
  await ensureBuilt();
  database = await startPostgres(await npmPostgres());
  address = (await freshDatabase(database))();
});
afterAll(async () => {
  folder.remove();
  await database.stop();
});

describe('a server whose Elasticsearch is not to be used', () => {
  test('does not start with another major version, and names both', async () => {
    const old = await fakeElasticsearch(({ headers }) =>
      // As version 8 answers to clients of version 9.
      String(headers.accept).includes('compatible-with=9')
        ? { status: 400, body: { error: { type: 'media_type_header_exception' }, status: 400 } }
        : { status: 200, body: { nodes: { one: { version: '8.19.2' } } } },
    );
    const text = await complaintOf(start({ ELASTICSEARCH_URL: old.url }));
    expect(text).toMatch(/^CONFIG_INVALID: ELASTICSEARCH_URL: expected Elasticsearch 9\.x, got 8\.19\.2\n/);
    await old.close();
  });

  test('does not start where nothing answers, and names the address', async () => {
    const text = await complaintOf(start({ ELASTICSEARCH_URL: 'http://127.0.0.1:1' }));
    expect(text).toMatch(/^SEARCH_BACKEND_UNAVAILABLE: .*127\.0\.0\.1:1/);
  });
});

const reason = whyNoElasticsearch();
if (reason !== null) test.skip(`TLS and credentials of Elasticsearch (${reason})`, () => undefined);
else
  describe('over TLS, with credentials,', () => {
    const prefix = `access-${process.pid}-`;
    let server: TestElasticsearch;
    let own: Certificate;
    let strange: Certificate;
    let front: ElasticsearchFront;
    let way: Readonly<Record<string, string>>;
    let right: Readonly<Record<string, string>>;
    beforeAll(async () => {
      server = await elasticsearchForTests();
      own = makeCertificate(folder.path, 'own');
      strange = makeCertificate(folder.path, 'strange');
      front = await startElasticsearchFront(server.url, own);
      way = {
        ELASTICSEARCH_URL: front.url,
        ELASTICSEARCH_CA: own.certFile,
        ELASTICSEARCH_INDEX_PREFIX: prefix,
      };
      right = { ...way, ELASTICSEARCH_API_KEY: KEY };
    }, 240_000);
    beforeEach(() => {
      front.allowed.clear();
      front.allowed.add(`ApiKey ${KEY}`);
    });
    afterAll(async () => {
      await front.close();
      await server.stop();
    });

    test('an API key opens the way, and requests carry their ids as X-Opaque-Id', async () => {
      const instance = start(right);
      const url = await instance.ready;
      await addShop(url);
      const { headers, body } = await answerTo(url, EXECUTE, { retriever: 'shop' });
      expect(body).toMatchObject({ data: { execute: { degradations: [], hits: { nodes: { length: 5 } } } } });
      const searches = front.received.filter(({ path }) => path === '/_msearch');
      expect(searches.map(({ headers: sent }) => sent['x-opaque-id'])).toEqual([headers.get('x-request-id')]);
      await revoke(instance);
      await removeShop(url);
      expect(await stopInstance(instance)).toBe(0);
    });

    /** Takes the key back while the server runs, and gives it again. */
    const revoke = async (instance: ServerProcess): Promise<void> => {
      const url = await instance.ready;
      front.allowed.clear();
      const refused = await answerTo(url, EXECUTE, { retriever: 'shop' });
      expect(codesOf(refused)).toEqual(['ALL_FEATURES_FAILED']);
      expect(JSON.stringify(refused.body)).toContain('401');
      const readiness = await fetch(`${url}/health/ready`);
      expect(readiness.status).toBe(503);
      const told = await readiness.text();
      expect(told).toContain('401');
      expect(told + JSON.stringify(refused.body) + instance.output.err).not.toContain(KEY);
      front.allowed.add(`ApiKey ${KEY}`);
      const again = await answerTo(url, EXECUTE, { retriever: 'shop' });
      expect(again.body.errors).toBeUndefined();
    };

    test('a user and a password do so too', async () => {
      front.allowed.clear();
      front.allowed.add(`Basic ${Buffer.from(`elastic:${PASSWORD}`).toString('base64')}`);
      const credentials = { ELASTICSEARCH_USERNAME: 'elastic', ELASTICSEARCH_PASSWORD: PASSWORD };
      const instance = start({ ...way, ...credentials });
      const url = await instance.ready;
      expect((await fetch(`${url}/health/ready`)).status).toBe(200);
      expect(await stopInstance(instance)).toBe(0);
    });

    test('a wrong key is told at start, and not repeated', async () => {
      const wrong = Buffer.from('id:wr0ng').toString('base64');
      const text = await complaintOf(start({ ...right, ELASTICSEARCH_API_KEY: wrong }));
      expect(text).toMatch(/^SEARCH_BACKEND_UNAVAILABLE: Elasticsearch refused the credentials with 401/);
      expect(text).not.toContain(wrong);
    });

    test('a certificate of an authority that is not known is told at start', async () => {
      const text = await complaintOf(start({ ...right, ELASTICSEARCH_CA: strange.certFile }));
      expect(text).toMatch(/^SEARCH_BACKEND_UNAVAILABLE: .*certificate/);
      expect(text).toContain('ELASTICSEARCH_URL');
    });

    test('a file of the authority that is not there is told at start', async () => {
      const text = await complaintOf(start({ ...right, ELASTICSEARCH_CA: join(folder.path, 'none.crt') }));
      expect(text).toMatch(/^CONFIG_INVALID: ELASTICSEARCH_CA: cannot be read/);
    });
  });

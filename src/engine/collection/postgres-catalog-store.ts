import { UniqueConstraintViolationException } from '@mikro-orm/core';
import { CollectionRow, FeatureRow, RetrieverRow, RetrieverVersionRow } from '../../entities/tables.ts';
import { reachStore } from '../../store/store-error.ts';
import {
  isStorable,
  storedBackground,
  storedCollection,
  storedFeature,
  toCollection,
  toFeature,
  toRetriever,
  toVersion,
} from './postgres-catalog-rows.ts';
import type { Background, Collection, Feature } from './collection.ts';
import type { CatalogStore } from './catalog-store.ts';
import type { Database } from '../../store/database.ts';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Page, PageRequest } from '../paging.ts';
import type { Retriever, RetrieverVersion } from '../retriever/retriever.ts';
import type { Uuid } from '../ids.ts';

/** Definitions in PostgreSQL. */
export class PostgresCatalogStore implements CatalogStore {
  readonly isStale = (): boolean => false;

  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** STORE_UNAVAILABLE where the database does not answer. */
  #reach<T>(call: (em: EntityManager) => Promise<T>): Promise<T> {
    return reachStore(() => call(this.#database.orm.em.fork() as EntityManager));
  }

  async insertCollection(collection: Collection, features: readonly Feature[] = []): Promise<boolean> {
    const conflict = await conflictOf(() =>
      this.#reach((em) =>
        em.transactional(async (transaction) => {
          await transaction.insert(CollectionRow, storedCollection(collection));
          for (const feature of features) await transaction.insert(FeatureRow, storedFeature(feature));
        }),
      ),
    );
    return conflict === null;
  }

  async collectionByName(namespace: string, name: string): Promise<Collection | null> {
    if (!isStorable(name)) return null;
    return toCollection(await this.#reach((em) => em.findOne(CollectionRow, { namespace, name })));
  }

  async collectionById(namespace: string, id: Uuid): Promise<Collection | null> {
    return toCollection(await this.#reach((em) => em.findOne(CollectionRow, { namespace, id })));
  }

  async collections(namespace: string, page: PageRequest): Promise<Page<Collection>> {
    const rows = await this.#reach((em) =>
      em.find(CollectionRow, after(namespace, page), {
        orderBy: { name: 'asc' },
        limit: page.first + 1,
      }),
    );
    const total = page.count ? await this.#reach((em) => em.count(CollectionRow, { namespace })) : null;
    return paged(
      rows.map((row) => ({ key: row.name, value: toCollection(row)! })),
      page,
      total,
    );
  }

  async deleteCollection(namespace: string, id: Uuid): Promise<boolean> {
    return (await this.#reach((em) => em.nativeDelete(CollectionRow, { namespace, id }))) > 0;
  }

  async insertFeature(feature: Feature): Promise<'ok' | 'uri' | 'field'> {
    const conflict = await conflictOf(() =>
      this.#reach((em) => em.insert(FeatureRow, storedFeature(feature))),
    );
    if (conflict === null) return 'ok';
    return conflict.includes('feature_field') ? 'field' : 'uri';
  }

  async deleteFeature(featureId: Uuid): Promise<boolean> {
    return (await this.#reach((em) => em.nativeDelete(FeatureRow, { id: featureId }))) > 0;
  }

  async featureById(namespace: string, id: Uuid): Promise<Feature | null> {
    const row = await this.#reach((em) => em.findOne(FeatureRow, { id }));
    if (row === null || (await this.collectionById(namespace, row.collectionId as Uuid)) === null)
      return null;
    return toFeature(row);
  }

  async featuresOf(collectionId: Uuid): Promise<readonly Feature[]> {
    return (
      await this.#reach((em) => em.find(FeatureRow, { collectionId }, { orderBy: { position: 'asc' } }))
    ).map(toFeature);
  }

  async setBackground(featureId: Uuid, background: Background, onlyIfMissing: boolean): Promise<boolean> {
    const rows = await this.#database.sql.query(
      `update feature set background = $2 where id = $1 and (not $3::boolean or background is null) returning 1`,
      [featureId, JSON.stringify(storedBackground(background)), onlyIfMissing],
    );
    return rows.length > 0;
  }

  async featuresWithoutBackground(): Promise<
    readonly { readonly collection: Collection; readonly feature: Feature }[]
  > {
    const features = await this.#reach((em) =>
      em.find(FeatureRow, { background: null }, { orderBy: { position: 'asc' } }),
    );
    const ids = [...new Set(features.map(({ collectionId }) => collectionId))];
    const collections = await this.#reach((em) => em.find(CollectionRow, { id: { $in: ids } }));
    return features.flatMap((row) => {
      const collection = toCollection(collections.find(({ id }) => id === row.collectionId) ?? null);
      return collection === null ? [] : [{ collection, feature: toFeature(row) }];
    });
  }

  async insertRetriever(retriever: Retriever, version: RetrieverVersion): Promise<boolean> {
    const conflict = await conflictOf(() =>
      this.#reach((em) =>
        em.transactional(async (transaction) => {
          await transaction.insert(RetrieverRow, {
            id: retriever.id,
            namespace: retriever.namespace,
            name: retriever.name,
            latestVersion: retriever.latestVersion,
            clonedFromId: retriever.clonedFrom?.retrieverId ?? null,
            clonedFromVersion: retriever.clonedFrom?.version ?? null,
            createdAt: retriever.createdAt,
          });
          await transaction.insert(RetrieverVersionRow, { ...version });
        }),
      ),
    );
    return conflict === null;
  }

  async retrieverByName(namespace: string, name: string): Promise<Retriever | null> {
    if (!isStorable(name)) return null;
    return toRetriever(await this.#reach((em) => em.findOne(RetrieverRow, { namespace, name })));
  }

  async retrieverById(namespace: string, id: Uuid): Promise<Retriever | null> {
    return toRetriever(await this.#reach((em) => em.findOne(RetrieverRow, { namespace, id })));
  }

  async retrievers(namespace: string, page: PageRequest): Promise<Page<Retriever>> {
    const rows = await this.#reach((em) =>
      em.find(RetrieverRow, after(namespace, page), {
        orderBy: { name: 'asc' },
        limit: page.first + 1,
      }),
    );
    const total = page.count ? await this.#reach((em) => em.count(RetrieverRow, { namespace })) : null;
    return paged(
      rows.map((row) => ({ key: row.name, value: toRetriever(row)! })),
      page,
      total,
    );
  }

  async appendVersion(version: RetrieverVersion): Promise<boolean> {
    return this.#database.sql.transaction(async (sql) => {
      const raised = await sql.query(
        'update retriever set latest_version = $2 where id = $1 and latest_version = $2 - 1 returning 1',
        [version.retrieverId, version.version],
      );
      if (raised.length === 0) return false;
      await sql.query(
        'insert into retriever_version (retriever_id, version, spec, created_at) values ($1, $2, $3, $4)',
        [version.retrieverId, version.version, JSON.stringify(version.spec), version.createdAt.toISOString()],
      );
      return true;
    });
  }

  async version(retrieverId: Uuid, version: number): Promise<RetrieverVersion | null> {
    const row = await this.#reach((em) => em.findOne(RetrieverVersionRow, { retrieverId, version }));
    return row === null ? null : toVersion(row);
  }

  async versions(retrieverId: Uuid, page: PageRequest): Promise<Page<RetrieverVersion>> {
    const before = page.after === null ? {} : { version: { $lt: Number(page.after) } };
    const rows = await this.#reach((em) =>
      em.find(
        RetrieverVersionRow,
        { retrieverId, ...before },
        { orderBy: { version: 'desc' }, limit: page.first + 1 },
      ),
    );
    const total = page.count
      ? await this.#reach((em) => em.count(RetrieverVersionRow, { retrieverId }))
      : null;
    return paged(
      rows.map((row) => ({ key: String(row.version), value: toVersion(row) })),
      page,
      total,
    );
  }

  async deleteRetriever(namespace: string, id: Uuid): Promise<boolean> {
    return (await this.#reach((em) => em.nativeDelete(RetrieverRow, { namespace, id }))) > 0;
  }

  async retrieversUsing(
    namespace: string,
    collection: string,
    feature: string | null = null,
  ): Promise<readonly string[]> {
    const rows = await this.#database.sql.query<{ readonly name: string }>(
      `select r.name from retriever r join retriever_version v on v.retriever_id = r.id and v.version = r.latest_version
       where r.namespace = $1 and v.spec->'collections' @> to_jsonb($2::text) and ($3::text is null
         or v.spec->'searches' @> jsonb_build_array(jsonb_build_object('feature', $3::text))) order by r.name`,
      [namespace, collection, feature],
    );
    return rows.map(({ name }) => name);
  }
}

function after(
  namespace: string,
  page: PageRequest,
): { readonly namespace: string; readonly name?: { readonly $gt: string } } {
  return page.after === null ? { namespace } : { namespace, name: { $gt: page.after } };
}

function paged<T>(
  rows: readonly { readonly key: string; readonly value: T }[],
  page: PageRequest,
  total: number | null,
): Page<T> {
  return { rows: rows.slice(0, page.first), hasNextPage: rows.length > page.first, total };
}

/** The message of a unique constraint that was hit; null where none was. */
async function conflictOf(work: () => Promise<unknown>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof UniqueConstraintViolationException) return error.message;
    throw error;
  }
}

import { CompiledQuery } from 'kysely';
import { reachStore } from './store-error.ts';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Sql } from './sql.ts';

/** SQL through the connections of the ORM: joins the transaction of the entity manager where it has one. */
export function sqlOver(manager: () => EntityManager): Sql {
  return {
    query: <Row>(text: string, params: readonly unknown[] = []) =>
      reachStore(async () => {
        const compiled = CompiledQuery.raw(text, [...params]);
        return (await manager().getKysely().executeQuery(compiled)).rows as readonly Row[];
      }),
    transaction: (work) =>
      reachStore(() => manager().transactional((em) => work(sqlOver(() => em as EntityManager)))),
  };
}

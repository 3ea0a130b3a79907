import { catalogStoreLaws } from './catalog-store.ts';
import { describeDatabases } from '../support/databases.ts';
import { PostgresCatalogStore } from '../../src/engine/collection/postgres-catalog-store.ts';

describeDatabases('catalog store', ({ open }) => {
  catalogStoreLaws(async () => {
    const { database, another } = await open();
    const store = new PostgresCatalogStore(database);
    return { store, other: another === null ? store : new PostgresCatalogStore(await another()) };
  });
});

export {
  DEBIAN_POSTGRES_15,
  npmPostgres,
  startPostgres,
  type PostgresServer,
} from '../../scripts/postgres-server.ts';

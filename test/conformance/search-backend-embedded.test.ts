import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedBackend } from '../../src/engine/search/embedded-backend.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import { openEmbeddedDatabase } from '../../src/store/embedded-database.ts';
import { searchBackendLaws, type OpenBackend } from './search-backend.ts';
import type { Database } from '../../src/store/database.ts';

const SETTINGS = { poolSize: 4, statementTimeoutMs: 30_000, connectTimeoutMs: 10_000 };

async function openBackend(folder: string): Promise<OpenBackend> {
  const database: Database = await openEmbeddedDatabase(folder, SETTINGS);
  const backend = new EmbeddedBackend({ sql: database.sql, clock: systemClock });
  const close = async (): Promise<void> => {
    await backend.close();
    await database.close();
  };
  return {
    backend,
    reopen: async () => {
      await close();
      return openBackend(folder);
    },
    end: async () => {
      await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

searchBackendLaws('embedded', () => openBackend(mkdtempSync(join(tmpdir(), 'reweigh-laws-'))));

import { describe, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { DEBIAN_POSTGRES_15, npmPostgres } from '../../scripts/postgres-server.ts';

export {
  DEBIAN_POSTGRES_15,
  npmPostgres,
  startPostgres,
  type PostgresServer,
} from '../../scripts/postgres-server.ts';

/** A version of PostgreSQL that the tests can start. */
export interface PostgresVersion {
  readonly name: string;
  /** Why it cannot be had here; null where it can. */
  readonly missing: string | null;
  /** The folder of its programs. */
  programs(): Promise<string>;
}

/** The newest that is tested, and the oldest that is supported. */
export const POSTGRES_VERSIONS: readonly PostgresVersion[] = [
  { name: 'PostgreSQL 18', missing: null, programs: npmPostgres },
  {
    name: 'PostgreSQL 15',
    missing: existsSync(DEBIAN_POSTGRES_15)
      ? null
      : 'not installed; scripts/install-test-servers.sh does so on Debian',
    programs: () => Promise.resolve(DEBIAN_POSTGRES_15),
  },
];

/** One `describe` per version. What cannot be had is skipped with its reason, and fails where CI=true. */
export function describePostgres(title: string, suite: (version: PostgresVersion) => void): void {
  for (const version of POSTGRES_VERSIONS)
    describeUnlessMissing(`${title} on ${version.name}`, version, suite);
}

export function describeUnlessMissing<What extends { readonly missing: string | null }>(
  title: string,
  what: What,
  suite: (what: What) => void,
): void {
  const { missing } = what;
  if (missing === null) describe(title, () => suite(what));
  else if (process.env['CI'] === 'true')
    test(`${title}`, () => {
      throw new Error(missing);
    });
  else test.skip(`${title} (${missing})`, () => undefined);
}

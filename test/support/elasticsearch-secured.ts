/** An Elasticsearch of the caller's own with its security on: users, each with a role of the same name. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startOwnElasticsearch } from './elasticsearch.ts';

export const PASSWORD = 'p4ssw0rd';
/** The password as Elasticsearch keeps it, by bcrypt. */
const HASH = '$2a$10$NFHa6D9SifSp4Wy33j2bSeMWM0D8GAnMYKL8qYSHswM7xSMg1JA8y';

/** Files of users and roles are read again as soon as they change. */
const SECURED = [
  'xpack.security.enabled: true',
  'xpack.security.autoconfiguration.enabled: false',
  'xpack.security.http.ssl.enabled: false',
  'xpack.security.transport.ssl.enabled: false',
  'resource.reload.interval.high: 200ms',
];

/** The user who may do everything: tests prepare indexes so. */
const ADMIN = 'admin';

export function authorizationOf(name: string = ADMIN): string {
  return `Basic ${Buffer.from(`${name}:${PASSWORD}`).toString('base64')}`;
}

export interface Role {
  readonly cluster?: readonly string[];
  readonly indices?: readonly { readonly names: readonly string[]; readonly privileges: readonly string[] }[];
}

const EVERYTHING = { cluster: ['all'], indices: [{ names: ['*'], privileges: ['all'] }] };

/** Users are those of the files: the build for tests cannot keep others. */
export async function startSecuredElasticsearch(
  roles: Readonly<Record<string, Role>>,
): ReturnType<typeof startOwnElasticsearch> {
  const server = await startOwnElasticsearch(1, SECURED);
  const names = [...Object.keys(roles), ADMIN];
  const write = (file: string, line: (name: string) => string): void =>
    writeFileSync(
      join(server.cluster.data, 'node-1/config', file),
      names.map((name) => `${line(name)}\n`).join(''),
    );
  write('roles.yml', (name) => `${name}: ${JSON.stringify(roles[name] ?? EVERYTHING)}`);
  write('users_roles', (name) => `${name}:${name}`);
  write('users', (name) => `${name}:${HASH}`);
  for (const name of names) await untilKnown(server.url, name);
  return server;
}

const KNOWN_WITHIN = 60_000;

async function untilKnown(url: string, name: string): Promise<void> {
  const authorization = authorizationOf(name);
  const end = performance.now() + KNOWN_WITHIN;
  for (;;) {
    const { status } = await fetch(`${url}/_cluster/health`, { headers: { authorization } });
    if (status !== 401) return;
    if (performance.now() > end) throw new Error(`Elasticsearch does not know ${name}`);
    await sleep(50);
  }
}

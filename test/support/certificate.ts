import { readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export interface Certificate {
  /** Files in PEM. */
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

/** Makes a certificate that vouches for itself, for localhost, in a folder. */
export function makeCertificate(folder: string, name: string): Certificate {
  const path = join(folder, name);
  const made = spawnSync(
    'openssl',
    // prettier-ignore
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=reweigh-test',
      '-addext', 'subjectAltName=DNS:localhost', '-keyout', `${path}.key`, '-out', `${path}.crt`],
    { encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`openssl failed: ${made.error?.message ?? made.stderr}`);
  const [certFile, keyFile] = [`${path}.crt`, `${path}.key`];
  return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}

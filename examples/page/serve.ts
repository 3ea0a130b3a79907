/**
 * Compiles the page and serves it:
 *   node examples/page/serve.ts [--port 8080] [--server http://127.0.0.1:4000/graphql]
 * The server must allow this origin: CORS_ORIGINS=http://127.0.0.1:8080
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const BUILT = mkdtempSync(join(tmpdir(), 'reweigh-page-'));
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8080' },
    server: { type: 'string', default: 'http://127.0.0.1:4000/graphql' },
  },
});

process.on('exit', () => rmSync(BUILT, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(0));
compile();
const site = createServer((request, response) =>
  answer(response, new URL(request.url ?? '/', 'http://site').pathname),
);
site.listen(Number(values.port), '127.0.0.1', () => {
  const address = site.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  console.log(`http://127.0.0.1:${port}/`);
});

function compile(): void {
  const tsc = fileURLToPath(import.meta.resolve('typescript/bin/tsc'));
  const { status } = spawnSync(process.execPath, [tsc, '-p', join(HERE, '..'), '--outDir', BUILT], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** Only the two pages and the compiled modules; nothing else of the disk. */
function answer(response: ServerResponse, path: string): void {
  const file = fileOf(path);
  if (file === null) {
    response.writeHead(404).end();
    return;
  }
  try {
    const text = readFileSync(file, 'utf8').replace('{{SERVER}}', () => values.server);
    response.setHeader('content-type', `${TYPES[extname(file)]}; charset=utf-8`).end(text);
  } catch {
    response.writeHead(404).end();
  }
}

function fileOf(path: string): string | null {
  if (path === '/') return join(HERE, 'index.html');
  if (path === '/book.html') return join(HERE, 'book.html');
  return /^\/(client|page)(\/[\w-]+)+\.js$/.test(path) ? join(BUILT, path) : null;
}

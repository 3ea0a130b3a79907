/**
 * Processor time per request of a 20-hit page, beside plain graphql-js over the same result.
 *   node bench/overhead.ts [--rounds 20] [--requests 200]
 * Every server is a process of its own and tells its own processor time; this process is the client, with four
 * connections that stay open. In turns, for a short page and for one with all contributions (560 values more):
 *   graphql-js      `execute` of a parsed and validated document over plain objects, and JSON.stringify; no HTTP
 *   plain           the same behind node:http, with a memory of parsed and validated documents
 *   read back       the whole server, `execution(id:)`, its record and its documents from memory: transport, limits,
 *                   Apollo, resolvers and mapping over the same result as plain
 *   execute         the whole server, all of it: embedding, four kNN searches, fusing, logging, reading documents
 *   constant        `{ __typename }`, on plain and on the whole server: what transport, limits and Apollo cost
 * "main" is the thread that answers; "all" adds the database, the search and garbage collection.
 * Aim: read back at most 2 × plain, in the main thread.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CONNECTIONS, playRound, startMeasured, type Measured, type Subject } from './overhead/measured.ts';
import { CONSTANT, executeBody, readBody, SHAPES, type Shape } from './overhead/pages.ts';
import { demoQuestions } from './support/questions.ts';
import { ensureBuilt } from './support/built.ts';
import { helpOnRequest } from './support/help.ts';
import { keepAlive } from './support/keep-alive.ts';
import { median, medianRatio, verdict } from './support/statistics.ts';
import type { PlainPage } from './overhead/plain.ts';

helpOnRequest(import.meta.filename);
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '20' }, requests: { type: 'string', default: '200' } },
});
const AIM = 2;
const WARM_UP_ROUNDS = 5;
const shapes = Object.keys(SHAPES) as Shape[];
const questions = demoQuestions();
const client = keepAlive(CONNECTIONS);

type Servers = { readonly [name in 'plain' | 'remembered' | 'real']: Measured };

/** The pages that plain serves: what the whole server answers to the same requests. */
async function pagesOf(url: string): Promise<Readonly<Record<Shape, PlainPage>>> {
  const ask = async (body: object): Promise<PlainPage['data']> =>
    (JSON.parse(await client.post(url, body)) as { readonly data: PlainPage['data'] }).data;
  const { execute } = await ask(executeBody('short', 'a lighthouse keeper in a storm'));
  const { id } = execute as { readonly id: string };
  const page = async (shape: Shape): Promise<PlainPage> => {
    const body = readBody(shape, id);
    return { body, data: await ask(body) };
  };
  return { short: await page('short'), explained: await page('explained') };
}

function subjectsOf(
  { plain, remembered, real }: Servers,
  pages: Readonly<Record<Shape, PlainPage>>,
): readonly Subject[] {
  const subject = (name: string, process: Measured, body: Subject['body'], page = ''): Subject => ({
    name,
    process,
    body,
    page,
    taken: [],
  });
  return [
    ...shapes.flatMap((shape) => [
      subject(`${shape}: graphql-js`, plain, null, shape),
      subject(`${shape}: plain`, plain, () => pages[shape].body),
      subject(`${shape}: read back`, remembered, () => pages[shape].body),
      subject(`${shape}: execute`, real, (index) => executeBody(shape, questions[index % questions.length]!)),
    ]),
    subject('constant: plain', plain, () => CONSTANT),
    subject('constant: whole server', remembered, () => CONSTANT),
  ];
}

function print(subjects: readonly Subject[]): void {
  console.log(`${'µs per request, medians'.padEnd(28)}    main       all   main ÷ plain   all ÷ plain`);
  for (const { name, taken } of subjects) {
    const [group] = name.split(':') as [string];
    const plain = subjects.find((other) => other.name === `${group}: plain`)!.taken;
    const of = (part: 'main' | 'all', series = taken): number[] => series.map((time) => time[part]);
    const ratio = medianRatio(of('main'), of('main', plain));
    const figures = (['main', 'all'] as const)
      .map((part) => median(of(part)).toFixed(0).padStart(9))
      .join('');
    const ratios = `${ratio.toFixed(2).padStart(14)}${medianRatio(of('all'), of('all', plain)).toFixed(2).padStart(14)}`;
    console.log(
      `${name.padEnd(28)}${figures} ${ratios}${name.endsWith('read back') ? `   ${verdict(ratio, AIM)}` : ''}`,
    );
  }
}

ensureBuilt();
const remembered = await startMeasured('./served.ts', ['remembered']);
const real = await startMeasured('./served.ts', []);
const pages = await pagesOf(remembered.url);
const folder = mkdtempSync(join(tmpdir(), 'reweigh-bench-'));
const file = join(folder, 'pages.json');
writeFileSync(file, JSON.stringify({ sdl: readFileSync('src/schema/schema.graphql', 'utf8'), pages }));
const plain = await startMeasured('./plain.ts', [file]);
rmSync(folder, { recursive: true });
for (const { body } of Object.values(pages)) {
  const [ours, theirs] = await Promise.all([remembered, plain].map(({ url }) => client.post(url, body)));
  if (JSON.stringify(JSON.parse(ours!)) !== JSON.stringify(JSON.parse(theirs!)))
    throw new Error('the two servers answer differently');
}
const subjects = subjectsOf({ plain, remembered, real }, pages);
const requests = Number(values.requests);
for (let round = -WARM_UP_ROUNDS; round < Number(values.rounds); round += 1)
  for (const subject of subjects) await playRound(client, subject, { requests, kept: round >= 0 });
print(subjects);
client.close();
await Promise.all([plain, remembered, real].map((server) => server.stop()));

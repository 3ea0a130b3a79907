import pg from 'pg';
import { addExecution, addImpression, emptyCounters } from '../../src/engine/learning/counters.ts';
import { floatArrayBytes } from '../../src/engine/learning/postgres-float-array.ts';
import { seededRandom, type Random } from '../../src/engine/random.ts';

export interface FillWish {
  readonly namespace: string;
  readonly retrieverId: string;
  readonly generation: string;
  readonly features: number;
  readonly users: number;
}

/** Users stored by one statement. */
const CHUNK = 50_000;
const INSERT = `insert into counter (retriever_id, build, generation, level, subject, epoch, own_epoch, era, sums)`;

/** Stores counters of everybody, 20 segments and so many users, as if each had clicked on twenty pages. */
export async function fillCounters(url: string, wish: FillWish): Promise<void> {
  const { retrieverId, generation, namespace, users, features } = wish;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const random = seededRandom('counters');
  const everybody = floatArrayBytes(invented(random, features, 2_000));
  await client.query(`${INSERT} values ($1, 0, $2, 'GLOBAL', '', 0, 0, 0, $3::float8[])`, [
    retrieverId,
    generation,
    everybody,
  ]);
  await client.query(
    `${INSERT} select $1, 0, $2, 'SEGMENT', '["segment ' || i || '"]', 0, 0, 0, $3::float8[] from generate_series(0, 19) i`,
    [retrieverId, generation, floatArrayBytes(invented(random, features, 400))],
  );
  for (let from = 0; from < users; from += CHUNK)
    await client.query(
      `with u as (insert into user_identity (id, namespace, external_id)
         select gen_random_uuid(), $4, 'user ' || i from generate_series($5::int, $6::int) i returning id)
       ${INSERT} select $1, 0, $2, 'USER', id::text, 0, 0, 0, $3::float8[] from u`,
      [
        retrieverId,
        generation,
        floatArrayBytes(invented(random, features, 20)),
        namespace,
        from,
        Math.min(from + CHUNK, users) - 1,
      ],
    );
  await client.query('vacuum analyze counter');
  await client.end();
}

function invented(random: Random, features: number, pages: number): Float64Array {
  const sums = emptyCounters(features);
  const weights = new Float64Array(features).fill(1 / features);
  const ranks = new Uint32Array(features).fill(1);
  for (let page = 0; page < pages; page += 1) {
    addExecution(sums, 1);
    for (let position = 1; position <= 10; position += 1) {
      const x = weights.map(() => 4 * random.next());
      addImpression(sums, { position, x, weights, ranks }, position === 1 + (page % 3) ? 1 : 0, 1);
    }
  }
  return sums;
}

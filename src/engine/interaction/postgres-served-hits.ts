import type { ServedHits } from './resolve-interaction.ts';
import type { Sql } from '../../store/sql.ts';
import type { Uuid } from '../ids.ts';

interface Row {
  readonly id: Uuid;
  readonly namespace: string;
  readonly retriever_id: Uuid;
  readonly hit_count: number;
  readonly teaches: boolean;
  readonly collections: readonly Uuid[];
  readonly documents: readonly string[];
  /** Per hit: place of its collection in `collections`, as two bytes, little-endian. */
  readonly places: Buffer;
}

export interface StoredHits extends ServedHits {
  readonly namespace: string;
}

/** The hits of stored executions; executions that are not there are absent. They never change: no lock is needed. */
export async function readServedHits(sql: Sql, ids: readonly Uuid[]): Promise<ReadonlyMap<Uuid, StoredHits>> {
  if (ids.length === 0) return new Map();
  const rows = await sql.query<Row>(
    `select id, namespace, retriever_id, hit_count, teaches, collections, hit_ids as documents,
       substring(candidates from 2 for 2 * hit_count) as places
     from execution where id = any($1::uuid[])`,
    [ids],
  );
  return new Map(
    rows.map((row) => {
      const documents = row.documents.map((documentId, index) => ({
        collectionId: row.collections[row.places.readUInt16LE(2 * index)]!,
        documentId,
      }));
      return [
        row.id,
        {
          namespace: row.namespace,
          retrieverId: row.retriever_id,
          teaches: row.teaches,
          hitCount: row.hit_count,
          documents,
        },
      ];
    }),
  );
}

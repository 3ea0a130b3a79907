import { Migration } from '@mikro-orm/migrations';

/** Who reindexes which collection, or did so last. A run whose beat is old is dead. */
export class Reindexing extends Migration {
  override up(): void {
    this.addSql(`create table reindexing (
      collection_id uuid primary key references collection on delete cascade, run uuid not null, state text not null,
      documents bigint not null default 0, total bigint not null default 0, embedded bigint not null default 0,
      started_at timestamptz(3) not null, beat_at timestamptz(3) not null, finished_at timestamptz(3), reason text)`);
  }

  override down(): void {
    this.addSql('drop table reindexing');
  }
}

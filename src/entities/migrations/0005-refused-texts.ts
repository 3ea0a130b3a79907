import { Migration } from '@mikro-orm/migrations';

/** Documents of a reindexing whose texts an embedder refuses: how many, and the first of them as `{id, reason}`. */
export class RefusedTexts extends Migration {
  override up(): void {
    this.addSql(`alter table reindexing add column refused bigint not null default 0,
      add column refused_documents json not null default '[]'`);
  }

  override down(): void {
    this.addSql('alter table reindexing drop column refused, drop column refused_documents');
  }
}

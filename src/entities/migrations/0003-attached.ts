import { Migration } from '@mikro-orm/migrations';

/** Collections over an index that was there before; null: the server's own index. */
export class Attached extends Migration {
  override up(): void {
    this.addSql('alter table collection add column attached jsonb');
  }

  override down(): void {
    this.addSql('alter table collection drop column attached');
  }
}

import { Migration } from '@mikro-orm/migrations';

/**
 * Interactions, and what is summed from them. `interaction`, with `execution` and `impression`, is the truth;
 * `impression_kinds` and `counter` are derived from the three and can be built again.
 */
export class Learning extends Migration {
  override up(): void {
    this.addSql(`create table interaction (
      id uuid primary key, namespace text not null, execution_id uuid not null, retriever_id uuid, rank int,
      collection_id uuid, document_id text collate "C", kinds int not null, position int,
      user_id uuid references user_identity, session text collate "C", occurred_at timestamptz(3) not null,
      received_at timestamptz(3) not null, metadata json, idempotency_key text collate "C", fingerprint text not null,
      state text not null, reason text, waiting boolean not null)`);
    this.addSql(
      'create unique index on interaction (namespace, idempotency_key) where idempotency_key is not null',
    );
    this.addSql('create index on interaction (namespace, id desc)');
    this.addSql('create index on interaction (execution_id, rank)');
    this.addSql('create index on interaction (retriever_id, id desc)');
    this.addSql('create index on interaction (user_id, id desc) where user_id is not null');
    this.addSql('create index on interaction (received_at, execution_id) where waiting');
    this.addSql(`create table impression_kinds (
      execution_id uuid not null, rank int not null, kinds int not null, primary key (execution_id, rank))`);
    this.addSql(`create table learning_state (
      retriever_id uuid primary key, epoch int not null default 0, build int not null default 0,
      credit_version int not null default 0, next_build int, next_credit_version int, watermark uuid,
      done bigint not null default 0, started_at timestamptz(3), finished_at timestamptz(3))`);
    // Which segments have counters. Not derived: who came first cannot be told from the records.
    this.addSql(`create table learning_segment (
      retriever_id uuid not null, subject text collate "C" not null, primary key (retriever_id, subject))`);
    this.addSql(`create table learning_epoch (
      retriever_id uuid not null, level text not null, subject text collate "C" not null, epoch int not null,
      primary key (retriever_id, level, subject))`);
    // Sums stay in the row: the arrays of ten features would else be compressed and moved out at each update.
    // Free room on every page lets an update stay on it.
    this.addSql(`create table counter (
      retriever_id uuid not null, build int not null, generation text collate "C" not null, level text not null,
      subject text collate "C" not null, epoch int not null, own_epoch int not null, era int not null,
      sums float8[] not null,
      primary key (retriever_id, build, generation, level, subject, epoch, own_epoch)) with (fillfactor = 50)`);
    this.addSql('alter table counter alter column sums set storage plain');
    this.addSql(`create table weight_snapshot (
      retriever_id uuid not null, level text not null, subject text collate "C" not null, at timestamptz(3) not null,
      version int not null, generation text not null, pages float8 not null, rewarded_impressions float8 not null,
      features text[] not null, weights float8[] not null, primary key (retriever_id, level, subject, at))`);
  }

  override down(): void {
    for (const table of [
      'weight_snapshot',
      'counter',
      'learning_epoch',
      'learning_segment',
      'learning_state',
      'impression_kinds',
      'interaction',
    ])
      this.addSql(`drop table ${table}`);
  }
}

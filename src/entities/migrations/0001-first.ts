import { Migration } from '@mikro-orm/migrations';

/** The first tables. Texts that are ordered by their UTF-8 bytes are collated "C". */
export class First extends Migration {
  override up(): void {
    this.addSql(`create table collection (
      id uuid primary key, namespace text not null, name text collate "C" not null, fields jsonb not null,
      created_at timestamptz(3) not null, unique (namespace, name))`);
    this.addSql(`create table feature (
      id uuid primary key, collection_id uuid not null references collection on delete cascade,
      uri text collate "C" not null, field text collate "C" not null, dims int not null, similarity text not null,
      source_fields jsonb not null, embedder text not null, model text, background jsonb, created_at timestamptz(3) not null,
      position bigserial,
      constraint feature_uri unique (collection_id, uri), constraint feature_field unique (collection_id, field))`);
    this.addSql(`create table document (
      collection_id uuid not null, id text collate "C" not null, fields jsonb not null,
      primary key (collection_id, id))`);
    this.addSql(`create table document_vector (
      feature_id uuid not null, collection_id uuid not null, document_id text collate "C" not null,
      vector bytea not null, primary key (feature_id, document_id),
      foreign key (collection_id, document_id) references document on delete cascade)`);
    this.addSql('create index on document_vector (collection_id, document_id)');
    this.addSql(`create table retriever (
      id uuid primary key, namespace text not null, name text collate "C" not null, latest_version int not null,
      cloned_from_id uuid, cloned_from_version int, created_at timestamptz(3) not null, unique (namespace, name))`);
    this.addSql(`create table retriever_version (
      retriever_id uuid not null references retriever on delete cascade, version int not null, spec jsonb not null,
      created_at timestamptz(3) not null, primary key (retriever_id, version))`);
    this.addSql(`create table user_identity (
      id uuid primary key, namespace text not null, external_id text collate "C" not null,
      unique (namespace, external_id))`);
    this.#addLog();
  }

  /** Executions are written in batches and never changed; what crediting reads has columns of its own. */
  #addLog(): void {
    this.addSql(`create table execution (
      id uuid primary key, namespace text not null, retriever_id uuid not null, retriever_name text not null,
      version int not null, served_at timestamptz(3) not null, execution_key text collate "C", inputs json not null,
      user_id uuid references user_identity, session text collate "C", segment json, assignment text not null,
      strategy text not null, normalization text not null, final_top_k int not null, features text[] not null,
      weights float8[] not null, level text not null, reason text not null, generation text not null,
      epochs int[] not null, draw bytea, draw_seed text, collections uuid[] not null, hit_count int not null,
      hit_x bytea not null, hit_ranks bytea not null, candidate_count int not null, hit_ids text[] not null,
      candidates bytea not null, timings json not null, degradations json not null, notices json not null,
      teaches boolean not null)`);
    // Floating-point numbers do not compress: do not try.
    this.addSql(`alter table execution alter column candidates set storage external,
      alter column hit_x set storage external, alter column hit_ranks set storage external`);
    this.addSql('create index on execution (namespace, id desc)');
    this.addSql('create index on execution (namespace, served_at)');
    this.addSql('create index on execution (retriever_id, id desc)');
    this.addSql('create index on execution (user_id, id desc)');
    this.addSql('create index on execution (namespace, session, id desc)');
    this.addSql(`create table execution_key (
      namespace text not null, key text collate "C" not null, fingerprint text not null, execution_id uuid not null,
      claimed_at timestamptz(3) not null, primary key (namespace, key))`);
    this.addSql(`create table impression (
      id uuid not null, execution_id uuid not null, from_rank int not null, to_rank int not null,
      at timestamptz(3) not null, primary key (execution_id, id))`);
  }

  override down(): void {
    for (const table of [
      'impression',
      'execution_key',
      'execution',
      'user_identity',
      'retriever_version',
      'retriever',
      'document_vector',
      'document',
      'feature',
      'collection',
    ])
      this.addSql(`drop table ${table}`);
  }
}

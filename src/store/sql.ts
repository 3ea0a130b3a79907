/** SQL with real bound parameters. A transaction holds one connection; never open a second one inside it. */
export interface Sql {
  query<Row>(text: string, params?: readonly unknown[]): Promise<readonly Row[]>;
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
}

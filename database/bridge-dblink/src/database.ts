/** What installing needs of a connection to a database; any driver of PostgreSQL can be it. */

export type Row = Readonly<Record<string, unknown>>;

export interface Database {
  /**
   * The rows of a statement, whose parameters are written $1, $2, …; several statements at once take none. Fails with
   * errors that have PostgreSQL's fields: code (the SQLSTATE), message, and where given detail and hint.
   */
  query(sql: string, parameters?: readonly unknown[]): Promise<readonly Row[]>;
}

/** The only row of a query that has one. */
export async function onlyRow(database: Database, sql: string, parameters?: readonly unknown[]): Promise<Row> {
  const [row] = await database.query(sql, parameters);
  return row;
}

import {
  type Insertable,
  type InsertQueryBuilder,
  type InsertResult,
  type RawBuilder,
  type Transaction,
  sql,
} from 'kysely';

type TableOf<Db> = keyof Db & string;

/**
 * Many rows by one statement with one parameter, however many they are: `await insertRows(tx, 'member', rows).execute()`.
 * A conflict may be answered as usual: `.onConflict(…)`. Columns are those of the first row; every row has the same.
 *
 * The rows travel as JSON and get their types from the table itself, so jsonb columns, arrays and times need nothing.
 */
export function insertRows<Db, Table extends TableOf<Db>>(
  tx: Transaction<Db>,
  table: Table,
  rows: readonly Insertable<Db[Table]>[],
): InsertQueryBuilder<Db, Table, InsertResult> {
  const columns = Object.keys(rows[0] ?? {});
  const list = sql.join(columns.map((column) => sql.ref(column)));
  // An empty list of columns would not parse; no row has none to insert, so any column will do.
  const selected = columns.length === 0 ? sql`row.*` : list;
  return tx
    .insertInto(table)
    .columns(columns as never)
    .expression(sql`select ${selected} from ${recordset(table, rows)} as row` as never);
}

/**
 * Rows as a table that can be joined, for an update of many rows by one statement:
 * `tx.updateTable('chat').from(rowsAs('chat', rows, 'new')).set(…).whereRef('chat.id', '=', 'new.id')`.
 */
export function rowsAs<Table extends string, Alias extends string, Row extends object>(
  table: Table,
  rows: readonly Row[],
  alias: Alias,
) {
  return recordset<Row>(table, rows).as<Alias>(sql.id(alias));
}

function recordset<Row>(table: string, rows: readonly object[]): RawBuilder<Row> {
  return sql<Row>`json_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::json)`;
}

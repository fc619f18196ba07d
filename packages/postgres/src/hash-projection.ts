import { createHash } from 'node:crypto';

import { type Kysely, sql, type Transaction } from 'kysely';

import { type ProjectionIdentity, readPosition } from './checkpoint.ts';

/** A read model's content as it is at a position: equal hashes, equal rows. */
export interface ProjectionHash {
  readonly position: number;
  /** By conversation, person or file, and over all of them. Tables without such a column count under their own name. */
  readonly hashes: ReadonlyMap<string, string>;
  readonly total: string;
}

const OWNER_COLUMN: Readonly<Record<string, string>> = {
  conv: 'conversation_id',
  user: 'user_id',
  file: 'file_id',
};

/** Hashes the projection's tables by aggregate, all in one snapshot. */
export async function hashProjection<Db>(
  db: Kysely<Db>,
  projection: ProjectionIdentity,
): Promise<ProjectionHash> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (tx) => {
      const position = await readPosition(tx, projection.name);
      const rows: { key: string; hash: string }[] = [];
      for (const table of projection.tables.toSorted()) {
        rows.push(...(await hashTable(tx, table, projection.log)));
      }
      const parts = Map.groupBy(rows, ({ key }) => key);
      const keys = [...parts.keys()].toSorted();
      const hashes = new Map(keys.map((key) => [key, md5((parts.get(key) ?? []).map(({ hash }) => hash))]));
      return { position, hashes, total: md5([...hashes].flat()) };
    });
}

async function hashTable<Db>(
  tx: Transaction<Db>,
  table: string,
  log: string,
): Promise<{ key: string; hash: string }[]> {
  const owner = OWNER_COLUMN[log];
  const { rows: columns } = await sql`
    select 1 from information_schema.columns
    where table_schema = current_schema() and table_name = ${table} and column_name = ${owner}
  `.execute(tx);
  const key = columns.length > 0 && owner !== undefined ? sql.ref(`entry.${owner}`) : sql.val(table);
  // As jsonb, because its keys are sorted: a column that was added late is no difference.
  const { rows } = await sql<{ key: string; hash: string }>`
    select entry.key, ${table} || ':' || md5(string_agg(entry.hash, '' order by entry.hash collate "C")) as hash
    from (select ${key}::text as key, md5(to_jsonb(entry)::text) as hash from ${sql.table(table)} as entry) as entry
    group by entry.key order by entry.key collate "C"
  `.execute(tx);
  return rows;
}

function md5(parts: readonly string[]): string {
  return createHash('md5').update(parts.join('\n')).digest('hex');
}

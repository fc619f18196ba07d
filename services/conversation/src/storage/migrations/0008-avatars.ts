import { type Kysely, sql } from 'kysely';

/** Which groups a file is the picture of: asked each time when somebody who does not own it wants to see it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index conversation_avatar on conversation (avatar_file_id) where avatar_file_id is not null`.execute(
    db,
  );
}

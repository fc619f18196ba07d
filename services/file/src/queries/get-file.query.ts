import { type FileId, fileKindOf, type FileView, type Timestamp } from '@parley/contracts';
import type { Kysely } from 'kysely';

import type { FileDb } from '../storage/schema.ts';

/** A file, whoever asks: whether they may see it is the asker's to find out. */
export async function getFile(db: Kysely<FileDb>, fileId: FileId): Promise<FileView | undefined> {
  const row = await db
    .selectFrom('file')
    .select(['owner_id', 'name', 'size_bytes', 'media_type', 'width', 'height', 'duration_ms'])
    .select(['registered_at', 'message_id'])
    .where('file_id', '=', fileId)
    .executeTakeFirst();
  if (row === undefined) return undefined;

  return {
    fileId,
    ownerId: row.owner_id,
    name: row.name,
    sizeBytes: row.size_bytes,
    mediaType: row.media_type,
    kind: fileKindOf(row.media_type) ?? 'document',
    ...(row.width === null ? {} : { width: row.width }),
    ...(row.height === null ? {} : { height: row.height }),
    ...(row.duration_ms === null ? {} : { durationMs: row.duration_ms }),
    registeredAt: row.registered_at.toISOString() as Timestamp,
    isAttached: row.message_id !== null,
  };
}

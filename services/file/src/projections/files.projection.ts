import type { FileEvent } from '@parley/contracts';
import type { Projection } from '@parley/event-sourcing';
import { insertRows, rowsAs } from '@parley/postgres';

import type { FileDb } from '../storage/schema.ts';

/** Every file, whose it is, and which message has it. */
export const files: Projection<FileEvent, FileDb> = {
  name: 'files',
  log: 'file',
  tables: ['file'],

  on: {
    'file.registered': (tx, events) => {
      const rows = events.map(({ data, actorId, at }) => ({
        file_id: data.fileId,
        owner_id: actorId,
        name: data.name,
        size_bytes: data.sizeBytes,
        media_type: data.mediaType,
        width: data.width ?? null,
        height: data.height ?? null,
        duration_ms: data.durationMs ?? null,
        registered_at: at,
      }));
      return insertRows(tx, 'file', rows).execute();
    },

    'file.attached': (tx, events) => {
      const rows = events.map(({ data }) => ({ file_id: data.fileId, message_id: data.messageId }));
      return tx
        .updateTable('file')
        .from(rowsAs('file', rows, 'attached'))
        .set((row) => ({ message_id: row.ref('attached.message_id') }))
        .whereRef('file.file_id', '=', 'attached.file_id')
        .execute();
    },
  },
};

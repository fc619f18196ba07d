import type { FileId, MessageId, UserId } from '@parley/contracts';
import type { ColumnType, Generated } from 'kysely';

/** Written as it lies in an event, read as a date. */
type Instant = ColumnType<Date, string, string>;

/** The file service's read model. */
export interface FileDb {
  /** files: one row per file. */
  readonly file: {
    readonly file_id: FileId;
    readonly owner_id: UserId;
    readonly name: string;
    readonly size_bytes: number;
    readonly media_type: string;
    readonly width: number | null;
    readonly height: number | null;
    readonly duration_ms: number | null;
    readonly registered_at: Instant;
    readonly message_id: Generated<MessageId | null>;
  };
}

import type { ConversationId, MessageId, MessageVersion, MessageContent, UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';
import { isShownTo, timestampOf } from './message-columns.ts';
import { readerOf } from './reading.ts';

export interface VersionPage {
  readonly data: MessageVersion[];
  readonly nextCursor: string | undefined;
}

interface VersionRow {
  readonly conversationId: ConversationId;
  readonly versionSeq: number | null;
  readonly content: MessageContent;
  readonly writtenAt: Date;
}

/**
 * What a message said and says, the first words first; nothing for somebody who may not read it. One that
 * was never edited has one version, one that was deleted has none.
 */
export async function listMessageVersions(
  db: Kysely<MessageDb>,
  asked: {
    readonly userId: UserId;
    readonly messageId: MessageId;
    readonly afterSeq: number;
    readonly limit: number;
  },
): Promise<VersionPage | undefined> {
  const { rows } = await sql<VersionRow>`
    select message.conversation_id as "conversationId", version.version_seq as "versionSeq", version.content,
      version.written_at as "writtenAt"
    from message
    cross join lateral (${readerOf(asked.userId, sql`message.conversation_id`)}) as reader
    left join lateral (
      select version_seq, content, written_at from message_version
      where conversation_id = message.conversation_id and message_seq = message.seq
        and version_seq <= reader.up_to_seq
      union all
      select message.seq, message.content, message.sent_at
      where message.edited_at is null and message.content is not null
    ) as version on version.version_seq > ${asked.afterSeq}
    where message.message_id = ${asked.messageId} and message.seq <= reader.up_to_seq
      and ${isShownTo(asked.userId)}
    order by version.version_seq
    limit ${asked.limit + 1}`.execute(db);
  if (rows.length === 0) return undefined;

  const found = rows.flatMap(({ versionSeq, content, writtenAt }) =>
    versionSeq === null ? [] : [{ versionSeq, content, writtenAt: timestampOf(writtenAt) }],
  );
  const page = found.slice(0, asked.limit);
  const last = found.length > asked.limit ? page.at(-1) : undefined;
  return {
    data: page.map(({ content, writtenAt }) => ({ content, writtenAt })),
    nextCursor: last && String(last.versionSeq),
  };
}

/** The inside of a cursor; the edge signs it, so that only what was written here comes back. */
export function parseSeqCursor(cursor: string): number | undefined {
  return /^\d{1,16}$/.test(cursor) ? Number(cursor) : undefined;
}

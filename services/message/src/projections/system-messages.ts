import type { ConversationEvent, MessageEvent, RecordedEvent } from '@parley/contracts';
import { insertRows } from '@parley/postgres';
import { systemMessageOf } from '@parley/service-kit';
import type { Transaction } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';

/** Puts the lines into the timeline that tell of what became of a conversation. Nobody sent them, so none is counted. */
export async function tellInTimeline(
  tx: Transaction<MessageDb>,
  events: readonly RecordedEvent<ConversationEvent | MessageEvent>[],
): Promise<void> {
  const rows = events.flatMap((event) => {
    const line = systemMessageOf(event);
    return line === undefined
      ? []
      : [
          {
            conversation_id: line.conversationId,
            seq: line.seq,
            message_id: line.messageId,
            sender_id: line.senderId,
            client_message_id: line.clientMessageId,
            content: line.content,
            sent_at: line.sentAt,
            changed_seq: line.changedSeq,
            position: event.position,
            changed_position: event.position,
            mentions: [],
          },
        ];
  });
  if (rows.length > 0) await insertRows(tx, 'message', rows).execute();
}

import type { HiddenEvent } from '@parley/contracts';
import type { Projection } from '@parley/event-sourcing';
import { insertRows } from '@parley/postgres';

import type { MessageDb } from '../storage/schema.ts';

/** What people have deleted for themselves. Hiding again is nothing: a retry may have come a second time. */
export const hiddenMessages: Projection<HiddenEvent, MessageDb> = {
  name: 'hidden-messages',
  log: 'user',
  tables: ['hidden_message'],

  on: {
    'message.hidden': (tx, events) => {
      const rows = events.map(({ data, actorId, position }) => ({
        user_id: actorId,
        conversation_id: data.conversationId,
        message_seq: data.messageSeq,
        message_id: data.messageId,
        position,
      }));
      return insertRows(tx, 'hidden_message', rows)
        .onConflict((known) => known.doNothing())
        .execute();
    },
  },
};

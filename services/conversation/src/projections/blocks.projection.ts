import type { ConversationEvent } from '@parley/contracts';
import type { Projection } from '@parley/event-sourcing';
import { insertRows, rowsAs } from '@parley/postgres';

import type { ConversationDb } from '../storage/schema.ts';

/** Who takes no direct messages from whom: one row per block that holds. */
export const blocks: Projection<ConversationEvent, ConversationDb> = {
  name: 'blocks',
  log: 'conv',
  tables: ['block'],

  on: {
    'conversation.person-blocked': (tx, events) => {
      const rows = events.map(({ data, actorId, at }) => ({
        conversation_id: data.conversationId,
        blocker_id: actorId,
        blocked_id: data.blockedId,
        blocked_at: at,
      }));
      return insertRows(tx, 'block', rows).execute();
    },

    'conversation.person-unblocked': (tx, events) => {
      const rows = events.map(({ data, actorId }) => ({ blocker_id: actorId, blocked_id: data.blockedId }));
      return tx
        .deleteFrom('block')
        .using(rowsAs('block', rows, 'lifted'))
        .whereRef('block.blocker_id', '=', 'lifted.blocker_id')
        .whereRef('block.blocked_id', '=', 'lifted.blocked_id')
        .execute();
    },
  },
};

import type { ConversationEvent } from '@parley/contracts';
import type { Projection } from '@parley/event-sourcing';
import { insertRows, rowsAs } from '@parley/postgres';
import { sql } from 'kysely';

import type { ConversationDb } from '../storage/schema.ts';

/** The ways into each group: one row per invite, and how often it was used. */
export const invites: Projection<ConversationEvent, ConversationDb> = {
  name: 'invites',
  log: 'conv',
  tables: ['invite'],

  on: {
    'conversation.invite-created': (tx, events) => {
      const rows = events.map(({ data, actorId, at }) => ({
        invite_id: data.inviteId,
        conversation_id: data.conversationId,
        code_hash: data.codeHash,
        created_by: actorId,
        created_at: at,
        expires_at: data.expiresAt ?? null,
        use_count_max: data.useCountMax ?? null,
        use_count: 0,
        revoked_at: null,
      }));
      return insertRows(tx, 'invite', rows).execute();
    },

    'conversation.member-joined': async (tx, events) => {
      const uses = new Map<string, number>();
      for (const { data } of events) {
        if (data.inviteId) uses.set(data.inviteId, (uses.get(data.inviteId) ?? 0) + 1);
      }
      const rows = [...uses].map(([invite_id, use_count]) => ({ invite_id, use_count }));
      if (rows.length === 0) return;
      await tx
        .updateTable('invite')
        .from(rowsAs('invite', rows, 'used'))
        .set({ use_count: sql`invite.use_count + used.use_count` })
        .whereRef('invite.invite_id', '=', sql.ref('used.invite_id'))
        .execute();
    },

    'conversation.invite-revoked': async (tx, events) => {
      const rows = events.map(({ data, at }) => ({ invite_id: data.inviteId, revoked_at: at }));
      await tx
        .updateTable('invite')
        .from(rowsAs('invite', rows, 'ended'))
        .set((row) => ({ revoked_at: row.ref('ended.revoked_at') }))
        .whereRef('invite.invite_id', '=', 'ended.invite_id')
        .execute();
    },

    'conversation.dissolved': (tx, events) => {
      const conversationIds = events.map(({ data }) => data.conversationId);
      return tx.deleteFrom('invite').where('conversation_id', 'in', conversationIds).execute();
    },
  },
};

import { foldText, type IdentityEvent } from '@parley/contracts';
import type { Projection } from '@parley/event-sourcing';
import { insertRows, rowsAs } from '@parley/postgres';

import type { ConversationDb } from '../storage/schema.ts';

/** Who exists, and under which names they are shown: one row per person. */
export const people: Projection<IdentityEvent, ConversationDb> = {
  name: 'people',
  log: 'user',
  tables: ['person'],

  on: {
    'identity.account-registered': (tx, events) => {
      const rows = events.map(({ data }) => ({
        user_id: data.userId,
        username: data.username,
        display_name: data.displayName,
        name_folded: foldText(data.displayName),
      }));
      return insertRows(tx, 'person', rows).execute();
    },

    'identity.profile-changed': (tx, events) => {
      const latest = new Map(events.map(({ data }) => [data.userId, data.displayName]));
      const rows = [...latest].map(([user_id, display_name]) => ({
        user_id,
        display_name,
        name_folded: foldText(display_name),
      }));
      return tx
        .updateTable('person')
        .from(rowsAs('person', rows, 'changed'))
        .set((row) => ({
          display_name: row.ref('changed.display_name'),
          name_folded: row.ref('changed.name_folded'),
        }))
        .whereRef('person.user_id', '=', 'changed.user_id')
        .execute();
    },
  },
};

import type { HiddenEvent, OwnViewEvent, RecordedEvent } from '@parley/contracts';
import type { Projection } from '@parley/event-sourcing';
import { insertRows } from '@parley/postgres';
import { sql } from 'kysely';

import type { ConversationDb } from '../storage/schema.ts';

/** How each person keeps their conversations: one row per person and conversation of which they ever said so. */
export const ownView: Projection<OwnViewEvent | HiddenEvent, ConversationDb> = {
  name: 'own-view',
  log: 'user',
  tables: ['own_view', 'hidden_message'],

  on: {
    'conversation.preferences-changed': async (tx, events) => {
      // One column at a time: an event names some of them, and a statement writes the same ones in every row.
      for (const column of preferenceColumns) {
        const rows = lastOfEach(events, column);
        if (rows.length === 0) continue;
        await insertRows(tx, 'own_view', rows)
          .onConflict((known) =>
            known.columns(['user_id', 'conversation_id']).doUpdateSet((row) => ({
              [column]: row.ref(`excluded.${column}`),
              version: sql<number>`greatest(own_view.version, excluded.version)`,
            })),
          )
          .execute();
      }
    },

    // Hiding again is nothing: a retry may have come a second time.
    'message.hidden': (tx, events) => {
      const rows = events.map(({ data, actorId }) => ({
        user_id: actorId,
        conversation_id: data.conversationId,
        seq: data.messageSeq,
      }));
      return insertRows(tx, 'hidden_message', rows)
        .onConflict((known) => known.doNothing())
        .execute();
    },

    'conversation.draft-saved': (tx, events) => {
      const rows = new Map(
        events.map((event) => {
          const { draft, savedAtSeq } = event.data;
          const saved = draft === null ? null : { ...draft, savedAt: event.at, savedAtSeq };
          return [keyOf(event), { ...rowOf(event), draft: saved, draft_seq: draft && savedAtSeq }];
        }),
      );
      return insertRows(tx, 'own_view', [...rows.values()])
        .onConflict((known) =>
          known.columns(['user_id', 'conversation_id']).doUpdateSet((row) => ({
            draft: row.ref('excluded.draft'),
            draft_seq: row.ref('excluded.draft_seq'),
            version: sql<number>`greatest(own_view.version, excluded.version)`,
          })),
        )
        .execute();
    },
  },
};

type PreferencesChanged = RecordedEvent<
  Extract<OwnViewEvent, { readonly type: 'conversation.preferences-changed' }>
>;
type PreferenceColumn = 'archived' | 'muted_until' | 'pinned_at' | 'marked_at_position';

/** What an event says of a column; undefined where it says nothing. */
const values: {
  readonly [Column in PreferenceColumn]: (
    data: PreferencesChanged['data'],
  ) => boolean | number | string | null | undefined;
} = {
  archived: ({ archived }) => archived,
  muted_until: ({ mutedUntil }) => (mutedUntil === 'forever' ? 'infinity' : mutedUntil),
  pinned_at: ({ pinnedAt }) => pinnedAt,
  marked_at_position: ({ markedUnread, readsStoodAt }) => {
    if (markedUnread === undefined) return undefined;
    return markedUnread ? (readsStoodAt ?? 0) : null;
  },
};
const preferenceColumns = Object.keys(values) as PreferenceColumn[];

/** The last word on a column for each person and conversation: a statement may touch a row once. */
function lastOfEach(events: readonly PreferencesChanged[], column: PreferenceColumn) {
  const rows = new Map<string, ReturnType<typeof rowOf>>();
  for (const event of events) {
    const value = values[column](event.data);
    if (value !== undefined) rows.set(keyOf(event), { ...rowOf(event), [column]: value });
  }
  return [...rows.values()];
}

function keyOf({ aggregateId, data }: RecordedEvent<OwnViewEvent>): string {
  return `${aggregateId} ${data.conversationId}`;
}

function rowOf({ actorId, data, position }: RecordedEvent<OwnViewEvent>) {
  return { user_id: actorId, conversation_id: data.conversationId, version: position };
}

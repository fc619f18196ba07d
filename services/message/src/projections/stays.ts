import type { ConversationEvent, RecordedEvent, SettingsChange, UserId } from '@parley/contracts';
import { insertRows, rowsAs } from '@parley/postgres';
import { sql, type Transaction } from 'kysely';

import type { MessageDb, StayEnd } from '../storage/schema.ts';

type Of<Type extends ConversationEvent['type']> = RecordedEvent<Extract<ConversationEvent, { type: Type }>>;
type Joining = Of<'conversation.started' | 'conversation.members-added'>;

export function beginStays(tx: Transaction<MessageDb>, events: readonly Joining[]): Promise<unknown> {
  const rows = events.flatMap(({ data, seq, position }) =>
    data.members.map(({ userId }: { readonly userId: UserId }) => ({
      conversation_id: data.conversationId,
      user_id: userId,
      joined_seq: seq ?? 0,
      joined_position: position,
    })),
  );
  return insertRows(tx, 'membership', rows).execute();
}

export function beginStay(
  tx: Transaction<MessageDb>,
  events: readonly Of<'conversation.member-joined'>[],
): Promise<unknown> {
  const rows = events.map(({ data, seq, position }) => ({
    conversation_id: data.conversationId,
    user_id: data.userId,
    joined_seq: seq ?? 0,
    joined_position: position,
  }));
  return insertRows(tx, 'membership', rows).execute();
}

/** Ends the stays of those who went, by their own will or not. */
export function endStays(how: StayEnd) {
  return (
    tx: Transaction<MessageDb>,
    events: readonly Of<'conversation.member-left' | 'conversation.member-removed'>[],
  ): Promise<unknown> => {
    const rows = events.map(({ data, seq, at, position }) => ({
      conversation_id: data.conversationId,
      user_id: data.userId,
      left_seq: seq ?? 0,
      left_position: position,
      left_at: at,
      left_how: how,
    }));
    return tx
      .updateTable('membership')
      .from(rowsAs('membership', rows, 'gone'))
      .set((row) => ({
        left_seq: row.ref('gone.left_seq'),
        left_position: row.ref('gone.left_position'),
        left_at: row.ref('gone.left_at'),
        left_how: row.ref('gone.left_how'),
      }))
      .whereRef('membership.conversation_id', '=', 'gone.conversation_id')
      .whereRef('membership.user_id', '=', 'gone.user_id')
      .where('membership.left_seq', 'is', null)
      .execute();
  };
}

/** Nobody is in a dissolved group, and nobody reads it any more: who had left it before neither. */
export async function endAllStays(
  tx: Transaction<MessageDb>,
  events: readonly Of<'conversation.dissolved'>[],
): Promise<void> {
  const rows = events.map(({ data, seq, at, position }) => ({
    conversation_id: data.conversationId,
    left_seq: seq ?? 0,
    left_position: position,
    left_at: at,
  }));
  await tx
    .updateTable('membership')
    .from(rowsAs('membership', rows, 'ended'))
    .set((row) => ({
      left_seq: row.ref('ended.left_seq'),
      left_position: row.ref('ended.left_position'),
      left_at: row.ref('ended.left_at'),
      left_how: 'dissolved',
    }))
    .whereRef('membership.conversation_id', '=', 'ended.conversation_id')
    .where('membership.left_seq', 'is', null)
    .execute();
  const closed = { keepHistory: false, keepHistoryOfRemoved: false };
  await keepRules(
    tx,
    events.map(({ data: { conversationId } }) => ({ conversationId, settings: closed })),
  );
}

interface Said {
  readonly conversationId: Joining['data']['conversationId'];
  readonly settings?: SettingsChange | undefined;
}

/** Whether who has gone may go on reading, where a group has said so; what it has not said is as by default. */
export async function keepRules(tx: Transaction<MessageDb>, said: readonly Said[]): Promise<void> {
  // A statement may touch a row once: what several events of one group say comes to one row.
  const rules = new Map<string, MessageDb['history_rule']>();
  for (const { conversationId, settings } of said) {
    const { keepHistory, keepHistoryOfRemoved } = settings ?? {};
    if (keepHistory === undefined && keepHistoryOfRemoved === undefined) continue;
    const before = rules.get(conversationId);
    rules.set(conversationId, {
      conversation_id: conversationId,
      keep_history: keepHistory ?? before?.keep_history ?? null,
      keep_history_of_removed: keepHistoryOfRemoved ?? before?.keep_history_of_removed ?? null,
    });
  }
  if (rules.size === 0) return;
  await insertRows(tx, 'history_rule', [...rules.values()])
    .onConflict((known) =>
      known.column('conversation_id').doUpdateSet({
        keep_history: sql`coalesce(excluded.keep_history, history_rule.keep_history)`,
        keep_history_of_removed: sql`coalesce(
          excluded.keep_history_of_removed, history_rule.keep_history_of_removed)`,
      }),
    )
    .execute();
}

/** The same as events of settings say it. */
export function takeRules(
  tx: Transaction<MessageDb>,
  events: readonly Of<'conversation.started' | 'conversation.settings-changed'>[],
): Promise<void> {
  return keepRules(
    tx,
    events.map(({ data }) => data),
  );
}

import type {
  ConversationEvent,
  ConversationId,
  MessageSent,
  PositionEvent,
  RecordedEvent,
  Role,
  UserId,
} from '@parley/contracts';
import type { Projection } from '@parley/event-sourcing';
import { insertRows, rowsAs } from '@parley/postgres';
import { sql, type Transaction } from 'kysely';

import { activeMinuteOf } from '../storage/active-minute.ts';
import type { ConversationDb } from '../storage/schema.ts';

/**
 * Who is in which conversation now, how far they have read, and in which minute it was last active: one row per
 * member. To the minute, because each message would have to write a row for every member otherwise.
 */
export const memberList: Projection<ConversationEvent | MessageSent | PositionEvent, ConversationDb> = {
  name: 'member-list',
  log: 'conv',
  tables: ['member'],

  on: {
    'conversation.started': insertMembers,
    'conversation.members-added': insertMembers,
    'conversation.member-joined': insertJoined,
    'conversation.member-removed': deleteMembers,
    'conversation.member-left': deleteMembers,
    'conversation.updated': moveInTime,
    'conversation.settings-changed': moveInTime,

    'conversation.role-changed': async (tx, events) => {
      await moveInTime(tx, events);
      await updateRoles(
        tx,
        events.map(({ data }) => ({
          conversation_id: data.conversationId,
          user_id: data.userId,
          role: data.role,
        })),
      );
    },
    'conversation.ownership-transferred': async (tx, events) => {
      await moveInTime(tx, events);
      await updateRoles(
        tx,
        events.flatMap(({ data: { conversationId: conversation_id, from, to } }) => [
          { conversation_id, user_id: from, role: 'admin' },
          { conversation_id, user_id: to, role: 'owner' },
        ]),
      );
    },

    'conversation.dissolved': (tx, events) => {
      const conversationIds = events.map(({ data }) => data.conversationId);
      return tx.deleteFrom('member').where('conversation_id', 'in', conversationIds).execute();
    },

    // Who answers has read what was said before. Their own devices are told by the message itself.
    'message.sent': async (tx, events) => {
      await moveInTime(tx, events);
      const last = new Map(
        events.map(({ data, actorId, seq, position }) => [
          `${data.conversationId} ${actorId}`,
          {
            conversation_id: data.conversationId,
            user_id: actorId,
            read_up_to_seq: seq ?? 0,
            read_position: position,
          },
        ]),
      );
      await tx
        .updateTable('member')
        .from(rowsAs('member', [...last.values()], 'sent'))
        .set((row) => ({
          read_up_to_seq: row.ref('sent.read_up_to_seq'),
          read_position: row.ref('sent.read_position'),
        }))
        .whereRef('member.conversation_id', '=', 'sent.conversation_id')
        .whereRef('member.user_id', '=', 'sent.user_id')
        .whereRef('member.read_up_to_seq', '<', 'sent.read_up_to_seq')
        .execute();
    },

    // A position is a maximum: of several the furthest is written. That somebody has read at all is kept beside it,
    // because it takes a mark as unread away also where there was nothing new.
    'message.positions-advanced': (tx, events) => {
      const furthest = new Map<string, Advanced>();
      for (const { data, position } of events) {
        for (const { userId, upToSeq } of data.positions) {
          const key = `${data.conversationId} ${userId}`;
          furthest.set(key, {
            conversation_id: data.conversationId,
            user_id: userId,
            read_up_to_seq: Math.max(upToSeq, furthest.get(key)?.read_up_to_seq ?? 0),
            read_position: position,
          });
        }
      }
      return tx
        .updateTable('member')
        .from(rowsAs('member', [...furthest.values()], 'advanced'))
        .set((row) => ({
          read_up_to_seq: row.fn<number>('greatest', ['member.read_up_to_seq', 'advanced.read_up_to_seq']),
          read_position: row.ref('advanced.read_position'),
        }))
        .whereRef('member.conversation_id', '=', 'advanced.conversation_id')
        .whereRef('member.user_id', '=', 'advanced.user_id')
        .execute();
    },
  },
};

type Advanced = Pick<ConversationDb['member'], 'conversation_id' | 'user_id'> & {
  readonly read_up_to_seq: number;
  readonly read_position: number;
};
type Joining = RecordedEvent<Extract<ConversationEvent, { readonly data: { readonly members: unknown } }>>;
type Going = RecordedEvent<
  Extract<ConversationEvent, { type: 'conversation.member-removed' | 'conversation.member-left' }>
>;
type Joined = RecordedEvent<Extract<ConversationEvent, { type: 'conversation.member-joined' }>>;

type Active = RecordedEvent<ConversationEvent | MessageSent>;

/** All members of a conversation have the same minute, so one of them says whether it is another one now. */
function moveInTime(tx: Transaction<ConversationDb>, events: readonly Active[]): Promise<unknown> {
  const rows = [...lastMinutes(events)].map(([conversation_id, active_minute]) => ({
    conversation_id,
    active_minute,
  }));
  return sql`
    update member set active_minute = moved.active_minute
    from (
      select active.conversation_id, active.active_minute
      from ${rowsAs('member', rows, 'active')}
      cross join lateral (
        select member.active_minute from member where member.conversation_id = active.conversation_id limit 1
      ) as one
      where one.active_minute <> active.active_minute
    ) as moved
    where member.conversation_id = moved.conversation_id`.execute(tx);
}

/** The minute of each conversation's last event. */
function lastMinutes(events: readonly Active[]): ReadonlyMap<ConversationId, number> {
  return new Map(events.map(({ data, at }) => [data.conversationId, activeMinuteOf(Date.parse(at))]));
}

async function insertMembers(tx: Transaction<ConversationDb>, events: readonly Joining[]): Promise<void> {
  await moveInTime(tx, events);
  const minutes = lastMinutes(events);
  const rows = events.flatMap(({ data, at, seq }) =>
    data.members.map(({ userId, role }: { readonly userId: UserId; readonly role: Role }) => ({
      conversation_id: data.conversationId,
      user_id: userId,
      role,
      joined_at: at,
      joined_seq: seq ?? 0,
      read_up_to_seq: 0,
      read_position: 0,
      active_minute: minutes.get(data.conversationId) ?? 0,
    })),
  );
  await insertRows(tx, 'member', rows).execute();
}

async function insertJoined(tx: Transaction<ConversationDb>, events: readonly Joined[]): Promise<void> {
  await moveInTime(tx, events);
  const minutes = lastMinutes(events);
  const rows = events.map(({ data, at, seq }) => ({
    conversation_id: data.conversationId,
    user_id: data.userId,
    role: 'member' as const,
    joined_at: at,
    joined_seq: seq ?? 0,
    read_up_to_seq: 0,
    active_minute: minutes.get(data.conversationId) ?? 0,
  }));
  await insertRows(tx, 'member', rows).execute();
}

type RoleRow = Pick<ConversationDb['member'], 'conversation_id' | 'user_id' | 'role'>;

function updateRoles(tx: Transaction<ConversationDb>, changes: readonly RoleRow[]): Promise<unknown> {
  // A statement may touch a row once: of several changes the last is written.
  const last = new Map(changes.map((change) => [`${change.conversation_id} ${change.user_id}`, change]));
  return tx
    .updateTable('member')
    .from(rowsAs('member', [...last.values()], 'changed'))
    .set((row) => ({ role: row.ref('changed.role') }))
    .whereRef('member.conversation_id', '=', 'changed.conversation_id')
    .whereRef('member.user_id', '=', 'changed.user_id')
    .execute();
}

async function deleteMembers(tx: Transaction<ConversationDb>, events: readonly Going[]): Promise<void> {
  await moveInTime(tx, events);
  const rows = events.map(({ data }) => ({ conversation_id: data.conversationId, user_id: data.userId }));
  await tx
    .deleteFrom('member')
    .using(rowsAs('member', rows, 'gone'))
    .whereRef('member.conversation_id', '=', 'gone.conversation_id')
    .whereRef('member.user_id', '=', 'gone.user_id')
    .execute();
}

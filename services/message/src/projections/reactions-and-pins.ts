import type { MessageChanged, MessageReacted, PinChanged, RecordedEvent } from '@parley/contracts';
import { insertRows, rowsAs } from '@parley/postgres';
import { type Transaction, sql } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';

type Reacted = readonly RecordedEvent<MessageReacted>[];
type PinsChanged = readonly RecordedEvent<PinChanged>[];

export async function addReactions(tx: Transaction<MessageDb>, events: Reacted): Promise<void> {
  const rows = events.map((event) => ({ ...reactionRow(event), reacted_seq: event.seq ?? 0 }));
  await insertRows(tx, 'reaction', rows).execute();
  await moveOn(tx, events);
}

export async function removeReactions(tx: Transaction<MessageDb>, events: Reacted): Promise<void> {
  await sql`
    delete from reaction using ${rowsAs('reaction', events.map(reactionRow), 'gone')}
    where reaction.conversation_id = gone.conversation_id and reaction.message_seq = gone.message_seq
      and reaction.emoji = gone.emoji and reaction.user_id = gone.user_id`.execute(tx);
  await moveOn(tx, events);
}

export async function addPins(tx: Transaction<MessageDb>, events: PinsChanged): Promise<void> {
  const rows = events.map((event) => ({
    ...placeOf(event),
    pinned_seq: event.seq ?? 0,
    pinned_by: event.actorId,
    pinned_at: event.at,
  }));
  await insertRows(tx, 'pin', rows).execute();
  await moveOn(tx, events);
}

export async function removePins(tx: Transaction<MessageDb>, events: PinsChanged): Promise<void> {
  await sql`
    delete from pin using ${rowsAs('pin', events.map(placeOf), 'gone')}
    where pin.conversation_id = gone.conversation_id and pin.message_seq = gone.message_seq`.execute(tx);
  await moveOn(tx, events);
}

/** Where the last change of each message stands message: a statement may touch a row once. */
async function moveOn(
  tx: Transaction<MessageDb>,
  events: readonly RecordedEvent<MessageChanged>[],
): Promise<void> {
  const latest = [...new Map(events.map((event) => [event.data.messageId, event])).values()];
  const rows = latest.map(({ data, seq, position }) => ({
    conversation_id: data.conversationId,
    seq: data.messageSeq,
    changed_seq: seq ?? 0,
    changed_position: position,
  }));
  await sql`
    update message set changed_seq = changed.changed_seq, changed_position = changed.changed_position
    from ${rowsAs('message', rows, 'changed')}
    where message.conversation_id = changed.conversation_id and message.seq = changed.seq`.execute(tx);
}

function reactionRow(event: RecordedEvent<MessageReacted>) {
  return { ...placeOf(event), emoji: event.data.emoji, user_id: event.actorId };
}

function placeOf({ data }: RecordedEvent<MessageChanged>) {
  return { conversation_id: data.conversationId, message_seq: data.messageSeq };
}

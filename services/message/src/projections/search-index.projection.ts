import {
  mentionsIn,
  searchableParts,
  type Mention,
  type MessageContent,
  type MessageDeleted,
  type MessageEdited,
  type MessageEvent,
  type MessageSent,
  type RecordedEvent,
} from '@parley/contracts';
import type { Projection } from '@parley/event-sourcing';
import { insertRows, rowsAs } from '@parley/postgres';
import type { Transaction } from 'kysely';

import { foldText } from '../storage/folding.ts';
import type { MessageDb } from '../storage/schema.ts';
import { gramsOf, markGram, type SearchMark, segmentKey, segmentOf } from '../storage/search-keys.ts';
import { hasAttachment } from '../storage/searchable.ts';

/** What every message says, so that it is found by any part of it, with accents or without. */
export const searchIndex: Projection<MessageEvent, MessageDb> = {
  name: 'search-index',
  log: 'conv',
  tables: ['search_entry'],

  on: {
    'message.sent': (tx, events) => insertRows(tx, 'search_entry', events.map(entryOf)).execute(),
    'message.edited': writeAnew,
    'message.deleted': remove,
  },
};

type Changed = RecordedEvent<MessageEdited | MessageDeleted>;

function entryOf({ data, position, seq, actorId, at }: RecordedEvent<MessageSent>) {
  const { conversationId, content, mentions } = data;
  return {
    conversation_id: conversationId,
    position,
    seq: seq ?? 0,
    worded_seq: seq ?? 0,
    sender_id: actorId,
    sent_at: at,
    ...searchedColumns(content, { conversationId, senderId: actorId, position }, mentions),
  };
}

/** In its old place: an edit is found where the message was said. */
async function writeAnew(
  tx: Transaction<MessageDb>,
  events: readonly RecordedEvent<MessageEdited>[],
): Promise<void> {
  const latest = new Map(
    events.map(({ data, seq }) => [
      `${data.conversationId} ${data.messageSeq}`,
      { content: data.content, wordedSeq: seq ?? 0 },
    ]),
  );
  const places = await tx
    .selectFrom('search_entry')
    .innerJoin(placesOf(events), (join) =>
      join
        .onRef('search_entry.conversation_id', '=', 'changed.conversation_id')
        .onRef('search_entry.seq', '=', 'changed.seq'),
    )
    .select([
      'search_entry.conversation_id',
      'search_entry.seq',
      'search_entry.position',
      'search_entry.sender_id',
    ])
    .distinct()
    .execute();
  const rows = places.flatMap(({ conversation_id: conversationId, seq, position, sender_id: senderId }) => {
    const edit = latest.get(`${conversationId} ${seq}`);
    if (edit === undefined) return [];
    const columns = searchedColumns(edit.content, { conversationId, senderId, position });
    return [{ conversation_id: conversationId, position, worded_seq: edit.wordedSeq, ...columns }];
  });
  await tx
    .updateTable('search_entry')
    .from(rowsAs('search_entry', rows, 'edited'))
    .set((row) => ({
      worded_seq: row.ref('edited.worded_seq'),
      type: row.ref('edited.type'),
      has_attachment: row.ref('edited.has_attachment'),
      mentions: row.ref('edited.mentions'),
      folded: row.ref('edited.folded'),
      accented: row.ref('edited.accented'),
      keys: row.ref('edited.keys'),
    }))
    .whereRef('search_entry.conversation_id', '=', 'edited.conversation_id')
    .whereRef('search_entry.position', '=', 'edited.position')
    .execute();
}

function remove(
  tx: Transaction<MessageDb>,
  events: readonly RecordedEvent<MessageDeleted>[],
): Promise<unknown> {
  return tx
    .deleteFrom('search_entry')
    .using(placesOf(events))
    .whereRef('search_entry.conversation_id', '=', 'changed.conversation_id')
    .whereRef('search_entry.seq', '=', 'changed.seq')
    .execute();
}

function placesOf(events: readonly Changed[]) {
  const rows = events.map(({ data }) => ({ conversation_id: data.conversationId, seq: data.messageSeq }));
  return rowsAs('search_entry', rows, 'changed');
}

interface Placed {
  readonly conversationId: string;
  readonly senderId: string;
  readonly position: number;
}

/** The columns that say what is said; whom it calls is in the content, where nothing else says so. */
function searchedColumns(
  content: MessageContent,
  { conversationId, senderId, position }: Placed,
  mentions: readonly Mention[] = mentionsIn(content),
) {
  // No gram reaches over a line's end, so no hit begins in one part and ends in the next.
  const { folded, accented } = foldText(
    searchableParts(content)
      .map(({ text }) => text)
      .join('\n'),
  );
  const marks: SearchMark[] = [
    { kind: 'any' },
    { kind: 'conversation', value: conversationId },
    { kind: 'sender', value: senderId },
    { kind: 'type', value: content.type },
    ...(hasAttachment(content) ? [{ kind: 'attachment' } as const] : []),
    ...(mentions.length > 0 ? [{ kind: 'mention' } as const] : []),
  ];
  const segment = segmentOf(position);
  const keys = new Set([...gramsOf(folded), ...marks.map(markGram)]);
  return {
    type: content.type,
    has_attachment: hasAttachment(content),
    mentions: [...mentions],
    folded,
    accented: accented === folded ? null : accented,
    keys: Array.from(keys, (gram) => segmentKey(segment, gram)),
  };
}

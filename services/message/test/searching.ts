import {
  type ConversationEvent,
  type ConversationId,
  type MessageEvent,
  type RecordedEvent,
  type UserId,
  wordsOf,
} from '@parley/contracts';
import { an, binh, chi, chronicle, hanoi, hue, runProjection, sentText } from '@parley/testing';
import type { Kysely } from 'kysely';

import { searchIndex } from '../src/projections/search-index.projection.ts';
import { timeline } from '../src/projections/timeline.projection.ts';
import { searchMessages } from '../src/queries/search-messages.query.ts';
import type { MessageDb } from '../src/storage/schema.ts';

export type Said = readonly [who: UserId, text: string, where?: ConversationId];

export const started = (
  conversationId: ConversationId,
  ...members: readonly UserId[]
): ConversationEvent => ({
  type: 'conversation.started',
  data: {
    conversationId,
    kind: 'group',
    members: members.map((userId, index) => ({ userId, role: index === 0 ? 'owner' : 'member' })),
  },
});

/** An and Bình talk in Hà Nội and in Huế; Chi is in Huế alone. */
export async function tell(
  db: Kysely<MessageDb>,
  said: readonly Said[],
  then: readonly ConversationEvent[] = [],
) {
  const story = chronicle<ConversationEvent | MessageEvent>()
    .record(hanoi, an, started(hanoi, an, binh))
    .record(hue, an, started(hue, an, binh, chi));
  for (const [index, [who, text, where = hanoi]] of said.entries()) {
    story.record(where, who, sentText(where, index, text));
  }
  for (const event of then) story.record(hanoi, an, event);
  await project(db, story.events);
}

export async function project(
  db: Kysely<MessageDb>,
  events: readonly RecordedEvent<ConversationEvent | MessageEvent>[],
): Promise<void> {
  await runProjection(db, timeline, events);
  // The runner's filter lets only these lanes through.
  await runProjection(
    db,
    searchIndex,
    events.filter((event): event is RecordedEvent<MessageEvent> => event.type.startsWith('message.')),
  );
}

export type Asked = Parameters<typeof searchMessages>[1];
export type Looking = Partial<Omit<Asked, 'q'>>;

export const search = (db: Kysely<MessageDb>, q: string | undefined, looking: Looking = {}) =>
  searchMessages(db, { userId: an, limit: 50, q, ...looking });

export async function textsOf(db: Kysely<MessageDb>, q: string | undefined, looking: Looking = {}) {
  const { data } = await search(db, q, looking);
  return data.map(({ message }) => wordsOf(message.content));
}

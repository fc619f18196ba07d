import {
  type CommandOf,
  type changePreferences,
  type ConversationEvent,
  type ConversationId,
  newId,
  ok,
  type OwnViewEvent,
  type PositionEvent,
  type Tenant,
  timestampOf,
  type UserId,
} from '@parley/contracts';
import { InMemoryEventStore, recordEvents } from '@parley/event-sourcing';
import { expect, test } from 'vitest';

import { ConversationCommands } from './conversation-commands.ts';
import { OwnViewCommands } from './own-view-commands.ts';

const an: UserId = newId('usr');
const binh: UserId = newId('usr');
const everything = { upTo: Number.MAX_SAFE_INTEGER };
const first = { redeliveredFrom: undefined };

type Changes = Omit<CommandOf<typeof changePreferences>['data'], 'conversationId'>;

function meta(actorId: UserId, commandId = newId('cmd')) {
  return {
    commandId,
    tenant: 'main' as Tenant,
    actorId,
    at: timestampOf(Date.now()),
    correlationId: 'a-test',
  };
}

/** A conversation of An and Bình, and what keeps it for them. */
async function world() {
  const store = new InMemoryEventStore<ConversationEvent | PositionEvent>();
  const userLog = new InMemoryEventStore<OwnViewEvent>();
  const conversationId: ConversationId = newId('cnv');
  const snapshots = { load: async () => undefined, save: async () => undefined };
  const conversations = new ConversationCommands(
    store as unknown as InMemoryEventStore<ConversationEvent>,
    snapshots,
    {
      findUnknown: async () => [],
      findRefusing: async () => [],
      checkPicture: async () => ok({}),
    },
  );
  const ownViews = new OwnViewCommands({
    userLog,
    conversationLog: store,
    atTail: (id) => conversations.atTail(id),
  });
  const append = async (fact: ConversationEvent) => {
    const { seq, position } = await store.tail(conversationId);
    await store.append(
      conversationId,
      recordEvents([fact], meta(an), { aggregateId: conversationId, seq }),
      position,
    );
  };
  const read = async (userId: UserId, upToSeq: number) => {
    const positions = [{ userId, upToSeq, readAt: timestampOf(0) }];
    const fact: PositionEvent = {
      type: 'message.positions-advanced',
      data: { conversationId, positions },
    };
    const [event] = recordEvents([fact], meta(userId), { aggregateId: conversationId });
    return event && store.appendUnnumbered(event, newId('evt'));
  };
  const members = [an, binh].map((userId) => ({ userId, role: 'member' as const }));
  await append({ type: 'conversation.started', data: { conversationId, kind: 'group', members } });

  const change = (actorId: UserId, changes: Changes, commandId?: string) =>
    ({
      type: 'conversation.change-preferences',
      data: { conversationId, ...changes },
      meta: meta(actorId, commandId),
    }) as const;
  const lane = (userId: UserId) => userLog.readLane(userId, 'v.conv', everything);
  return { ownViews, conversationId, append, read, change, lane };
}

test('what a member keeps is written into their own log', async () => {
  const { ownViews, conversationId, change, lane } = await world();

  const outcome = await ownViews.handle(change(an, { archived: true }), first);

  const [event] = await lane(an);
  expect(event).toMatchObject({ data: { conversationId, archived: true }, actorId: an });
  expect(outcome).toEqual({ kind: 'ok', answer: { conversationId }, position: `user-${event?.position}` });
  expect(await lane(binh)).toEqual([]);
});

test('a mark as unread says which reads came before it', async () => {
  const { ownViews, change, read, lane } = await world();
  await ownViews.handle(change(an, { markedUnread: true }), first);
  const readAt = await read(binh, 1);
  await ownViews.handle(change(an, { markedUnread: true }), first);

  expect((await lane(an)).map(({ data }) => data)).toMatchObject([
    { readsStoodAt: 1 },
    { readsStoodAt: readAt },
  ]);
});

test('an act that is delivered again, long after, does not undo what came since', async () => {
  const { ownViews, change, lane } = await world();
  const storedAt = new Date();
  const archive = change(an, { archived: true });
  const once = await ownViews.handle(archive, first);
  await ownViews.handle(change(an, { archived: false }), first);

  expect(await ownViews.handle(archive, { redeliveredFrom: storedAt })).toEqual(once);
  expect((await lane(an)).map(({ data }) => data)).toMatchObject([{ archived: true }, { archived: false }]);
});

test('who has been removed keeps nothing more, whatever was held in memory', async () => {
  const { ownViews, conversationId, change, append, lane } = await world();
  await ownViews.handle(change(binh, { pinned: true }), first);
  await append({
    type: 'conversation.member-removed',
    data: { conversationId, userId: binh, removedBy: an },
  });

  expect(await ownViews.handle(change(binh, { pinned: false }), first)).toEqual({
    kind: 'refused',
    rejection: 'conversation-not-found',
  });
  expect(await lane(binh)).toHaveLength(1);
});

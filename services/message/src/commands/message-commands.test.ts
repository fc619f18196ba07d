import {
  type ClientMessageId,
  type CommandOf,
  type ConversationEvent,
  type ConversationId,
  type MessageEvent,
  type MessageId,
  type MessageView,
  newId,
  newUuidV7,
  ok,
  type PositionEvent,
  type sendMessage,
  type Tenant,
  timestampOf,
  type UserId,
} from '@parley/contracts';
import { type EventStore, InMemoryEventStore, recordEvents } from '@parley/event-sourcing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { LookUps } from './look-ups.ts';
import { MessageCommands } from './message-commands.ts';
import { PositionCommands } from './position-commands.ts';

const MINUTE_MS = 60_000;
const an: UserId = newId('usr');
const binh: UserId = newId('usr');

beforeEach(() => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() }));
afterEach(() => vi.useRealTimers());

test('a retry that is older than a cold fold is still one message when it is delivered twice', async () => {
  const { commands, conversationId, lane } = await conversation();
  const send = sendOf(conversationId, newUuidV7());
  const first = await commands.send(send, { redeliveredFrom: undefined });

  vi.advanceTimersByTime(5 * MINUTE_MS);
  const retry = { ...send, meta: meta(send.meta.commandId) };
  const again = await commands.send(retry, { redeliveredFrom: new Date() });
  expect(again).toEqual(first);
  expect(await lane('m')).toHaveLength(1);
});

test('what has come to people and what they have read are two events, of those who are in', async () => {
  const { commands, positions, conversationId, lane } = await conversation();
  await commands.send(sendOf(conversationId, newUuidV7()), { redeliveredFrom: undefined });
  const at = timestampOf(Date.now());
  const chi: UserId = newId('usr');
  const receivers = [binh, chi].map((userId) => ({ userId, upToSeq: 2, deliveredAt: at }));
  const outcome = await positions.markDelivered({
    type: 'message.mark-delivered',
    data: { conversationId, receivers },
    meta: meta('delivered:1'),
  });
  expect(outcome).toMatchObject({
    kind: 'ok',
    answer: {
      receivers: [
        { userId: binh, result: 'delivered' },
        { userId: chi, result: 'not-a-member' },
      ],
    },
  });
  await positions.markRead({
    type: 'message.mark-read',
    data: { conversationId, readers: [{ userId: binh, upToSeq: 2, readAt: at, private: true }] },
    meta: meta('read:1'),
  });
  expect(await lane('r.pos')).toMatchObject([
    { type: 'message.deliveries-advanced', data: { positions: [{ userId: binh, upToSeq: 2 }] } },
    {
      type: 'message.positions-advanced',
      data: { positions: [{ userId: binh, upToSeq: 2, private: true }] },
    },
  ]);
});

test('what somebody has read who has gone meanwhile is not recorded', async () => {
  const { commands, positions, conversationId, append, lane } = await conversation();
  await commands.send(sendOf(conversationId, newUuidV7()), { redeliveredFrom: undefined });
  await append({
    type: 'conversation.member-removed',
    data: { conversationId, userId: binh, removedBy: an },
  });
  const outcome = await positions.markRead({
    type: 'message.mark-read',
    data: { conversationId, readers: [{ userId: binh, upToSeq: 2, readAt: timestampOf(Date.now()) }] },
    meta: meta('read:1'),
  });
  expect(outcome).toMatchObject({ kind: 'refused', rejection: 'conversation-not-found' });
  expect(await lane('r.pos')).toEqual([]);
});

test('who has gone and tries a send again is told what they said, and nothing of what came after', async () => {
  let known: Awaited<ReturnType<LookUps['earlierSend']>> = { found: undefined };
  const { commands, restart, conversationId, append } = await conversation({
    earlierSend: async () => known,
  });
  const send = sendOf(conversationId, newUuidV7());
  const first = await commands.send(send, { redeliveredFrom: undefined });
  if (first.kind !== 'ok') throw new Error('An says something');
  const { message } = first.answer as { message: MessageView };
  await append({ type: 'conversation.member-left', data: { conversationId, userId: an } });

  // In the fold's memory, and long after it.
  const asSent = { kind: 'ok', answer: { message }, position: 'conv-0' };
  expect(await commands.send(send, { redeliveredFrom: undefined })).toEqual(asSent);
  vi.advanceTimersByTime(60 * MINUTE_MS);
  const { messageId, seq, sentAt } = message;
  const view = {
    ...message,
    changedSeq: 9,
    isPinned: true,
    reactions: [{ emoji: '👍', count: 1, own: false }],
  };
  known = { found: { view, send: { messageId, seq, sentAt, fingerprint: null } } };
  expect(await restart().send(send, { redeliveredFrom: undefined })).toEqual(asSent);
});

const nothing = async () => ({ found: undefined });

/** A conversation of An and Bình, and who takes their messages; the read model knows nothing but what is told. */
async function conversation(told: Partial<LookUps> = {}) {
  const store = new InMemoryEventStore<ConversationEvent | MessageEvent | PositionEvent>();
  const lookUps = { earlierSend: nothing, message: nothing, pinned: nothing, source: nothing, ...told };
  const restart = () => new MessageCommands(store, lookUps, async () => ok({ files: [] }));
  const commands = restart();
  const conversationId: ConversationId = newId('cnv');
  const append = async (fact: ConversationEvent) => {
    const { seq, position } = await store.tail(conversationId);
    const events = recordEvents([fact], meta(newId('cmd')), { aggregateId: conversationId, seq });
    await store.append(conversationId, events, position);
  };
  const members = [an, binh].map((userId) => ({ userId, role: 'member' as const }));
  await append({ type: 'conversation.started', data: { conversationId, kind: 'group', members } });
  // The conversation is older than what a cold fold reads.
  vi.advanceTimersByTime(60 * MINUTE_MS);
  const lane = (name: string) => store.readLane(conversationId, name, { upTo: Number.MAX_SAFE_INTEGER });
  const positions = new PositionCommands(store as EventStore<PositionEvent>, (id) => commands.atTail(id));
  return { commands, restart, positions, conversationId, append, lane };
}

function sendOf(conversationId: ConversationId, uuid: string): CommandOf<typeof sendMessage> {
  const clientMessageId = uuid as ClientMessageId;
  const messageId: MessageId = newId('msg');
  const content = { type: 'text', text: 'chào' } as const;
  const data = { conversationId, messageId, clientMessageId, content };
  return { type: 'message.send', data, meta: meta(`${an}:${clientMessageId}`) };
}

function meta(commandId: string) {
  const at = timestampOf(Date.now());
  return { commandId, tenant: 'main' as Tenant, actorId: an, at, correlationId: 'a-test' };
}

import type { ConversationEvent, ConversationId, RecordedEvent, UserId } from '@parley/contracts';
import { expect, test } from 'vitest';

import { tellMembers } from './tell-members.policy.ts';

const an = 'usr_0000000000000000000000000a' as UserId;
const binh = 'usr_0000000000000000000000000b' as UserId;
const hanoi = 'cnv_0000000000000000000000000h' as ConversationId;

function recorded<const Event extends ConversationEvent>(event: Event, seq: number) {
  return {
    ...event,
    id: `evt_${seq}`,
    v: 1,
    tenant: 'main',
    aggregateId: hanoi,
    seq,
    actorId: an,
    at: '2026-11-21T08:00:00.000Z',
    causationId: 'command',
    correlationId: 'request',
    position: seq * 10,
  } as unknown as RecordedEvent<Event>;
}

test('each member of a new conversation hears of it', () => {
  const members = [
    { userId: an, role: 'owner' as const },
    { userId: binh, role: 'member' as const },
  ];
  const started = recorded(
    { type: 'conversation.started', data: { conversationId: hanoi, kind: 'group', name: 'Hà Nội', members } },
    1,
  );

  const facts = tellMembers.whenever['conversation.started']?.(started) ?? [];

  expect(facts.map(({ event }) => [event.aggregateId, event.type, event.data.conversationSeq])).toEqual([
    [an, 'conversation.membership-granted', 1],
    [binh, 'conversation.membership-granted', 1],
  ]);
});

test('who is removed hears that they are out, under the same id every time', () => {
  const removed = recorded(
    {
      type: 'conversation.member-removed',
      data: { conversationId: hanoi, userId: binh, removedBy: an },
    },
    7,
  );

  const [fact] = tellMembers.whenever['conversation.member-removed']?.(removed) ?? [];
  const [again] = tellMembers.whenever['conversation.member-removed']?.(removed) ?? [];

  expect(fact).toMatchObject({
    dedupeId: `${hanoi}:7:${binh}`,
    event: { type: 'conversation.membership-ended', aggregateId: binh, causationId: 'evt_7' },
  });
  expect(again).toEqual(fact);
});

import {
  CLIENT_CLOCK_LEAD_MS_MAX,
  type ClientMessageId,
  type CommandMeta,
  type ConversationEvent,
  type ConversationId,
  type ContentToSend,
  type MessageEvent,
  type MessageId,
  newId,
  newUuidV7,
  type StickerId,
  stickerPacks,
  type Tenant,
  timestampOf,
  type UserId,
} from '@parley/contracts';
import { type PastEvent, specFor } from '@parley/event-sourcing';
import { describe, expect, test } from 'vitest';

import { fingerprint } from './fingerprint.ts';
import { message } from './message.decider.ts';

const hanoi: ConversationId = newId('cnv');
const an: UserId = newId('usr');
const binh: UserId = newId('usr');
const chi: UserId = newId('usr');
const eightMs = Date.parse('2026-11-21T08:00:00.000Z');
const eight = timestampOf(eightMs);

const { given } = specFor(message);

type Started = Extract<ConversationEvent, { type: 'conversation.started' }>;

const startedByAn: PastEvent<Started> = {
  type: 'conversation.started',
  data: {
    conversationId: hanoi,
    kind: 'group',
    name: 'Hà Nội',
    members: [
      { userId: an, role: 'owner' },
      { userId: binh, role: 'member' },
    ],
  },
};
const binhRemoved: PastEvent<ConversationEvent> = {
  type: 'conversation.member-removed',
  data: { conversationId: hanoi, userId: binh, removedBy: an },
};
const chiAdded: PastEvent<ConversationEvent> = {
  type: 'conversation.members-added',
  data: { conversationId: hanoi, members: [{ userId: chi, role: 'member' }], addedBy: an },
};

const greeting: ContentToSend = { type: 'text', text: 'Chào em' };
const firstId = newUuidV7(eightMs) as ClientMessageId;
const greeted = {
  conversationId: hanoi,
  messageId: newId<MessageId>('msg'),
  clientMessageId: firstId,
  content: greeting,
};
const greetedByBinh: PastEvent<MessageEvent> = { type: 'message.sent', data: greeted, by: binh, at: eight };

const sticker = (stickerId: StickerId): ContentToSend => ({ type: 'sticker', stickerId });

function send(
  by: UserId,
  data: Partial<Omit<typeof greeted, 'content'> & { readonly content: ContentToSend }> = {},
) {
  const meta: CommandMeta = {
    commandId: 'command',
    tenant: 'main' as Tenant,
    actorId: by,
    at: eight,
    correlationId: 'request',
  };
  return { type: 'message.send', data: { ...greeted, ...data }, meta } as const;
}

describe('send a message', () => {
  test('a member sends', () => {
    expect(given(startedByAn).when(send(binh))).toEqual({
      accepted: true,
      events: [{ type: 'message.sent', data: greeted }],
    });
  });

  test('somebody else is told that there is no such conversation', () => {
    expect(given(startedByAn).when(send(chi))).toEqual({ accepted: false, code: 'conversation-not-found' });
  });

  test('so is anybody in a conversation that never was', () => {
    expect(given().when(send(an))).toEqual({ accepted: false, code: 'conversation-not-found' });
  });

  test('a removed member adds nothing more', () => {
    expect(given(startedByAn, binhRemoved).when(send(binh))).toEqual({
      accepted: false,
      code: 'conversation-not-found',
    });
  });

  test('where only admins write, a member is refused, but a retry of what was said before is answered', () => {
    const readOnly: PastEvent<ConversationEvent> = {
      type: 'conversation.settings-changed',
      data: { conversationId: hanoi, settings: { readOnly: true } },
    };
    expect(given(startedByAn, readOnly).when(send(binh))).toEqual({ accepted: false, code: 'read-only' });
    expect(given(startedByAn, readOnly).when(send(an))).toMatchObject({ accepted: true });
    expect(given(startedByAn, greetedByBinh, readOnly).when(send(binh))).toEqual({
      accepted: true,
      events: [],
    });
  });

  test('nobody adds anything to a dissolved group', () => {
    const dissolved: PastEvent<ConversationEvent> = {
      type: 'conversation.dissolved',
      data: { conversationId: hanoi, memberIds: [an, binh] },
    };
    expect(given(startedByAn, dissolved).when(send(an))).toEqual({
      accepted: false,
      code: 'conversation-dissolved',
    });
  });

  test('who is blocked is refused, whether it was before the chat was opened or since', () => {
    const direct: PastEvent<ConversationEvent> = {
      ...startedByAn,
      data: { ...startedByAn.data, kind: 'direct' },
    };
    const blocked: PastEvent<ConversationEvent> = {
      type: 'conversation.person-blocked',
      data: { conversationId: hanoi, blockedId: binh },
    };
    expect(given(direct, blocked).when(send(binh))).toEqual({ accepted: false, code: 'blocked' });
    expect(given(blocked, direct).when(send(binh))).toEqual({ accepted: false, code: 'blocked' });
  });

  test('an added member may', () => {
    expect(given(startedByAn, chiAdded).when(send(chi))).toMatchObject({ accepted: true });
  });

  test('a retry changes nothing', () => {
    expect(given(startedByAn, greetedByBinh).when(send(binh))).toEqual({ accepted: true, events: [] });
  });

  test('a retry is answered even after the removal: the message is in the log', () => {
    expect(given(startedByAn, greetedByBinh, binhRemoved).when(send(binh))).toEqual({
      accepted: true,
      events: [],
    });
  });

  test('the same id with another text is refused', () => {
    expect(
      given(startedByAn, greetedByBinh).when(send(binh, { content: { type: 'text', text: 'Tạm biệt' } })),
    ).toEqual({
      accepted: false,
      code: 'client-message-id-reused',
    });
  });

  test('a send that the fold has forgotten is recognised by what the read model knows', () => {
    const earlier = {
      messageId: greeted.messageId,
      seq: 2,
      sentAt: eight,
      fingerprint: fingerprint(greeting),
    };
    const retry = send(binh);
    expect(given(startedByAn).when({ ...retry, data: { ...retry.data, earlier } })).toEqual({
      accepted: true,
      events: [],
    });
  });

  test('a sticker is sent by its id, and what is in no pack is none', () => {
    const [hello] = stickerPacks[0]?.stickers ?? [];
    const sent = given(startedByAn).when(send(binh, { content: sticker(hello?.stickerId ?? newId('stk')) }));
    expect(sent).toMatchObject({ accepted: true });
    const unknown = given(startedByAn).when(send(binh, { content: sticker(newId('stk')) }));
    expect(unknown).toEqual({ accepted: false, code: 'sticker-not-found' });
  });

  test('an id from the future is refused, so that its own time can be trusted', () => {
    const ahead = newUuidV7(eightMs + CLIENT_CLOCK_LEAD_MS_MAX + 1) as ClientMessageId;
    expect(given(startedByAn).when(send(binh, { clientMessageId: ahead }))).toMatchObject({
      accepted: false,
      code: 'client-clock-ahead',
    });
  });
});

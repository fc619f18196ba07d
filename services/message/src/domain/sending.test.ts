import {
  type ClientMessageId,
  type CommandMeta,
  type ContentToSend,
  type ConversationEvent,
  type ConversationId,
  type FileId,
  type MessageContent,
  type MessageEvent,
  type MessageId,
  newId,
  newUuidV7,
  type SentContent,
  type Tenant,
  type TextEntity,
  timestampOf,
  type UserId,
} from '@parley/contracts';
import { type PastEvent, specFor } from '@parley/event-sourcing';
import { describe, expect, test } from 'vitest';

import type { KnownMessage } from './known-message.ts';
import { message } from './message.decider.ts';

const hanoi: ConversationId = newId('cnv');
const hue: ConversationId = newId('cnv');
const an: UserId = newId('usr');
const binh: UserId = newId('usr');
const chi: UserId = newId('usr');
const eightMs = Date.parse('2026-11-21T08:00:00.000Z');
const eight = timestampOf(eightMs);
const question: MessageId = newId('msg');
const fileId: FileId = newId('fil');

const { given } = specFor(message);

const started: PastEvent<ConversationEvent> = {
  type: 'conversation.started',
  data: {
    conversationId: hanoi,
    kind: 'group',
    name: 'Hà Nội',
    members: [
      { userId: an, role: 'moderator' },
      { userId: binh, role: 'member' },
    ],
  },
};
const asked: PastEvent<MessageEvent> = {
  type: 'message.sent',
  by: an,
  data: {
    conversationId: hanoi,
    messageId: question,
    clientMessageId: newUuidV7(eightMs) as ClientMessageId,
    content: { type: 'text', text: 'Tối nay ăn gì?' },
  },
};
const askedAndDeleted: PastEvent<MessageEvent> = {
  type: 'message.deleted',
  by: an,
  data: { conversationId: hanoi, messageId: question, messageSeq: 2 },
};

function metaOf(actorId: UserId): CommandMeta {
  return { commandId: 'command', tenant: 'main' as Tenant, actorId, at: eight, correlationId: 'request' };
}

const ids = {
  conversationId: hanoi,
  messageId: newId<MessageId>('msg'),
  clientMessageId: newUuidV7(eightMs) as ClientMessageId,
};

function send(by: UserId, content: ContentToSend, facts: object = {}) {
  return { type: 'message.send', data: { ...ids, content, ...facts }, meta: metaOf(by) } as const;
}

function sentBy(decision: ReturnType<ReturnType<typeof given>['when']>) {
  const [event] = decision.accepted ? decision.events : [];
  return event?.type === 'message.sent' ? event.data : undefined;
}

const pho: ContentToSend = { type: 'text', text: 'Phở!' };

const quoted = (content: SentContent): KnownMessage => ({
  messageId: question,
  seq: 2,
  senderId: an,
  sentAt: eight,
  type: content.type,
  content,
  deleted: null,
  fingerprint: 'whatever',
  isPinned: false,
  reactions: [],
  position: 2,
});

const answer = (facts: object) => send(binh, pho, { replyToId: question, ...facts });

const mention = (who: object): ContentToSend => {
  const entity = { type: 'mention', offset: 0, length: 5, ...who } as TextEntity;
  return { type: 'text', text: '@Bình, ăn phở!', entities: [entity] };
};

describe('answer a message', () => {
  const text: SentContent = { type: 'text', text: 'Tối nay ăn gì?' };

  test('an answer quotes what it answers', () => {
    const answered = given(started, asked).when(answer({ quoted: quoted(text) }));
    expect(sentBy(answered)?.replyTo).toEqual({
      messageId: question,
      seq: 2,
      senderId: an,
      preview: { type: 'text', text: 'Tối nay ăn gì?' },
    });
  });

  test('a long message is quoted by its beginning, and no character is cut in two', () => {
    const long = quoted({ type: 'text', text: `${'ở'.repeat(199)}🙂🙂` });
    const preview = sentBy(given(started, asked).when(answer({ quoted: long })))?.replyTo?.preview;
    expect(preview?.text).toBe('ở'.repeat(199));
  });

  test('a file is quoted by its name', () => {
    const menu = { fileId, name: 'thực đơn.pdf', sizeBytes: 1, mediaType: 'application/pdf' };
    const file = quoted({ type: 'file', attachments: [menu] });
    const preview = sentBy(given(started, asked).when(answer({ quoted: file })))?.replyTo?.preview;
    expect(preview).toEqual({ type: 'file', text: 'thực đơn.pdf' });
  });

  test('of a deleted message it quotes nothing, even if that was deleted after it was looked up', () => {
    const answered = given(started, asked, askedAndDeleted).when(answer({ quoted: quoted(text) }));
    expect(sentBy(answered)?.replyTo).toMatchObject({ messageId: question, preview: null });
  });

  test('what is not there cannot be answered', () => {
    expect(given(started).when(answer({}))).toEqual({ accepted: false, code: 'message-not-found' });
  });
});

describe('send files', () => {
  const picture: ContentToSend = { type: 'image', attachments: [{ fileId, caption: 'Hồ Gươm' }] };
  const description = { name: 'ho-guom.jpg', sizeBytes: 204_800, mediaType: 'image/jpeg', width: 800 };

  test('a picture is sent with what is known of its file', () => {
    const sent = given(started).when(send(an, picture, { files: [{ fileId, ...description }] }));
    expect(sentBy(sent)?.content).toEqual({
      type: 'image',
      attachments: [{ fileId, caption: 'Hồ Gươm', ...description }],
    });
  });

  test('a file that is not the message’s is none', () => {
    expect(given(started).when(send(an, picture))).toEqual({ accepted: false, code: 'file-not-found' });
  });

  test('somebody who is not there is told so, and not of files', () => {
    expect(given(started).when(send(chi, picture))).toMatchObject({ code: 'conversation-not-found' });
  });
});

describe('mention', () => {
  test('whoever is mentioned is named in the event, once', () => {
    const [entity] = (mention({ userId: binh }) as Extract<ContentToSend, { type: 'text' }>).entities ?? [];
    const entities = entity ? [entity, { ...entity, offset: 2 }] : [];
    const twice: ContentToSend = { type: 'text', text: '@Bình, ăn phở!', entities };
    expect(sentBy(given(started).when(send(an, twice)))?.mentions).toEqual([binh]);
  });

  test('nobody is mentioned who is not there', () => {
    expect(given(started).when(send(an, mention({ userId: chi })))).toEqual({
      accepted: false,
      code: 'mentioned-person-not-a-member',
    });
  });

  test('a moderator calls everybody, a plain member does not', () => {
    expect(sentBy(given(started).when(send(an, mention({ all: true }))))?.mentions).toEqual(['all']);
    expect(given(started).when(send(binh, mention({ all: true })))).toEqual({
      accepted: false,
      code: 'role-too-low',
    });
  });

  test('no more by editing what was said before', () => {
    const { text, entities } = mention({ all: true }) as Extract<ContentToSend, { type: 'text' }>;
    const greeting: PastEvent<MessageEvent> = { ...asked, by: binh };
    const edit = {
      type: 'message.edit',
      data: { conversationId: hanoi, messageId: question, wording: { text, entities } },
      meta: metaOf(binh),
    } as const;
    expect(given(started, greeting).when(edit)).toEqual({ accepted: false, code: 'role-too-low' });
  });
});

describe('forward a message', () => {
  const origin = { messageId: newId<MessageId>('msg'), conversationId: hue, senderId: chi, sentAt: eight };
  const forward = (by: UserId, content?: MessageContent | null) =>
    ({
      type: 'message.forward',
      data: {
        ...ids,
        sourceId: origin.messageId,
        ...(content === undefined ? {} : { source: { content, origin } }),
      },
      meta: metaOf(by),
    }) as const;
  const named: MessageContent = {
    type: 'text',
    text: '@Chi, ăn phở!',
    entities: [
      { type: 'mention', offset: 0, length: 4, userId: chi },
      { type: 'bold', offset: 6, length: 6 },
    ],
  };

  test('it names its origin, and calls nobody', () => {
    expect(sentBy(given(started).when(forward(an, named)))).toEqual({
      ...ids,
      content: { type: 'text', text: '@Chi, ăn phở!', entities: [{ type: 'bold', offset: 6, length: 6 }] },
      forwardedFrom: origin,
    });
  });

  test('a retry changes nothing', () => {
    const sent: PastEvent<MessageEvent> = {
      type: 'message.sent',
      by: an,
      data: { ...ids, content: { type: 'text', text: '@Chi, ăn phở!' }, forwardedFrom: origin },
    };
    expect(given(started, sent).when(forward(an, named))).toEqual({ accepted: true, events: [] });
  });

  test.each([
    ['what its forwarder does not see', undefined, 'message-not-found'],
    ['a deleted message', null, 'message-deleted'],
    ['a call', { type: 'call', media: 'audio', outcome: 'missed' } as const, 'not-forwardable'],
  ])('%s is not forwarded', (_, content, code) => {
    expect(given(started).when(forward(an, content))).toEqual({ accepted: false, code });
  });

  test('somebody who is not there forwards nothing to there', () => {
    expect(given(started).when(forward(chi, named))).toMatchObject({ code: 'conversation-not-found' });
  });
});

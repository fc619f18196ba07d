import {
  type ClientMessageId,
  type CommandMeta,
  type ConversationEvent,
  type ConversationId,
  type MessageEvent,
  type MessageId,
  newId,
  newUuidV7,
  type SettingsChange,
  type Tenant,
  timestampOf,
  type UserId,
} from '@parley/contracts';
import { type PastEvent, specFor } from '@parley/event-sourcing';

import { message } from '../src/domain/message.decider.ts';

export const hanoi: ConversationId = newId('cnv');
export const [owner, admin, moderator, an, binh, chi] = Array.from({ length: 6 }, () =>
  newId<UserId>('usr'),
) as [UserId, UserId, UserId, UserId, UserId, UserId];
export const eightMs = Date.parse('2026-11-21T08:00:00.000Z');
export const messageId: MessageId = newId('msg');
export const place = { conversationId: hanoi, messageId, messageSeq: 2 };

export const { given } = specFor(message);

export const started: PastEvent<ConversationEvent> = {
  type: 'conversation.started',
  data: {
    conversationId: hanoi,
    kind: 'group',
    name: 'Hà Nội',
    members: [
      { userId: owner, role: 'owner' },
      { userId: admin, role: 'admin' },
      { userId: moderator, role: 'moderator' },
      { userId: an, role: 'member' },
      { userId: binh, role: 'member' },
    ],
  },
};
export const sentBy = (by: UserId): PastEvent<MessageEvent> => ({
  type: 'message.sent',
  data: {
    conversationId: hanoi,
    messageId,
    clientMessageId: newUuidV7(eightMs) as ClientMessageId,
    content: { type: 'text', text: 'Chào em' },
  },
  by,
  at: timestampOf(eightMs),
});
export const deletedByAn: PastEvent<MessageEvent> = { type: 'message.deleted', data: place, by: an };

export const meta = (by: UserId, afterMs = 0): CommandMeta => ({
  commandId: 'command',
  tenant: 'main' as Tenant,
  actorId: by,
  at: timestampOf(eightMs + afterMs),
  correlationId: 'request',
});
export const about = { conversationId: hanoi, messageId };
export function edit(by: UserId, text = 'Chào anh', afterMs = 0) {
  return {
    type: 'message.edit',
    data: { ...about, wording: { text } },
    meta: meta(by, afterMs),
  } as const;
}
export function remove(by: UserId) {
  return { type: 'message.delete', data: about, meta: meta(by) } as const;
}

export const settings = (changed: SettingsChange): PastEvent<ConversationEvent> => ({
  type: 'conversation.settings-changed',
  data: { conversationId: hanoi, settings: changed },
});

export const react = (by: UserId, emoji = '👍') =>
  ({ type: 'message.react', data: { ...about, emoji }, meta: meta(by) }) as const;

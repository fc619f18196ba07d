import { type messageRoutes, newId, newUuidV7 } from '@parley/contracts';

import { type Ask, everyMember, everyReader, type Row } from './rows.ts';

const STICKER_ID = 'stk_00000000000000000000000001';

const here: Ask = (_, { conversationId }) => ({ params: { id: conversationId } });
const aMessage: Ask = (_, { messageIds }) => ({ params: { id: messageIds.member } });

const seen = (ask: Ask): readonly Row[] => [
  { place: 'group', ask, changes: false, cells: everyMember('ok') },
  { place: 'direct', ask, cells: { stranger: 'NOT_FOUND', peer: 'ok' } },
];

/** What was said until somebody left by themselves stays theirs to read. */
const read = (ask: Ask): readonly Row[] => [
  { place: 'group', ask, changes: false, cells: everyReader('ok') },
  { place: 'direct', ask, cells: { stranger: 'NOT_FOUND', peer: 'ok' } },
];

/** A send of what is no file: by every member. */
const sending = (fields: object) =>
  seen((_, { conversationId }) => ({
    body: { conversationId, clientMessageId: newUuidV7(), ...fields },
  }));

/** A send of a file that is nobody's: the conversation is looked at first, so that nobody learns of either. */
const attaching = (caption: object = {}) => {
  const ask: Ask = (_, { conversationId }) => ({
    body: {
      conversationId,
      clientMessageId: newUuidV7(),
      attachments: [{ fileId: newId('fil') }],
      ...caption,
    },
  });
  return [{ place: 'group', ask, changes: false, cells: everyMember('NOT_FOUND') }] as const;
};

/** Who may do what to messages. A route without a row does not compile. */
export const messageRows: { readonly [Name in keyof typeof messageRoutes]: readonly Row[] } = {
  listMessages: read(here),
  getMessageStats: read(here),
  listReadPositions: seen(here),
  // A place where one is not is as empty as one where nobody said it.
  searchMessages: [
    {
      place: 'group',
      ask: (_, { conversationId }) => ({ query: { q: 'a', conversationId } }),
      changes: false,
      cells: { ...everyMember('ok'), stranger: 'ok', removed: 'ok', left: 'ok' },
    },
  ],
  getMessage: read(aMessage),
  listReceipts: read(aMessage),
  getReceiptStats: read(aMessage),
  sendMessage: sending({ content: 'Chào' }),
  sendText: sending({ content: 'Chào' }),
  sendSticker: sending({ stickerId: STICKER_ID }),
  sendLocation: sending({ lat: 21.03, lng: 105.85 }),
  sendContact: sending({ name: 'Lan', phone: '+84 24 0000 0000' }),
  sendImage: attaching(),
  sendVideo: attaching(),
  sendFile: attaching(),
  sendVoice: attaching(),
  forwardMessage: seen((_, { conversationId, messageIds }) => ({
    params: { id: messageIds.member },
    body: { conversationIds: [conversationId] },
  })),
  markRead: seen((_, { conversationId }) => ({ body: { conversationId, upToSeq: 1 } })),
};

import { type ClientEventName, newId, newUuidV7 } from '@parley/contracts';

import { type Ask, everyMember, type Row } from './rows.ts';

const seen = (ask: Ask): readonly Row[] => [
  { place: 'group', ask, changes: false, cells: everyMember('ok') },
  { place: 'direct', ask, cells: { stranger: 'NOT_FOUND', peer: 'ok' } },
];

const upToOne: Ask = (_, { conversationId }) => ({ body: { conversationId, upToSeq: 1 } });
const onIt: Ask = (_, { messageIds }) => ({ body: { messageId: messageIds.member, emoji: '👍' } });
const here: Ask = (_, { conversationId }) => ({ body: { conversationId } });

/** Who may say what over a socket. An event without a row does not compile. */
export const eventRows: { readonly [Name in ClientEventName]: readonly Row[] } = {
  send_message: seen((_, { conversationId }) => ({
    body: { conversationId, clientMessageId: newUuidV7(), content: 'Chào' },
  })),
  edit_message: [
    {
      place: 'group',
      ask: (_, { messageIds }) => ({ body: { messageId: messageIds.member, content: 'Nói lại' } }),
      changes: false,
      cells: everyMember('FORBIDDEN'),
    },
  ],
  delete_message: [
    {
      place: 'group',
      ask: (_, { messageIds }) => ({ body: { messageId: messageIds.member, scope: 'everyone' } }),
      changes: true,
      cells: { ...everyMember('ok'), member: 'FORBIDDEN' },
    },
  ],
  react_to_message: seen(onIt),
  remove_reaction: seen(onIt),
  mark_as_read: seen(upToOne),
  message_delivered: seen(upToOne),
  message_read: seen(upToOne),
  read_receipts_batch: [{ place: 'nowhere', why: 'answered for each receipt; see the stories of receipts' }],
  join_conversation: seen(here),
  leave_conversation: [{ place: 'nowhere', why: 'closes one’s own view; says nothing to anybody' }],
  typing_start: seen(here),
  typing_stop: seen(here),
  presence_subscribe: [
    { place: 'nowhere', why: 'strangers are left out of the answer; see the stories of presence' },
  ],
  presence_update: [{ place: 'nowhere', why: 'the own device' }],
  create_conversation: [{ place: 'nowhere', why: 'anybody may' }],
  sync_request: [
    { place: 'nowhere', why: 'what is not theirs comes back as removed; see the stories of chatting' },
  ],
  // Another device of the same person is somebody else here, and a token is one person's.
  device_connect: [
    {
      place: 'group',
      ask: (actor) => ({ body: { deviceId: actor.device.tokens.deviceId, limit: 1 } }),
      changes: false,
      cells: { ...everyMember('ok'), stranger: 'ok', removed: 'ok', left: 'ok' },
    },
    {
      place: 'group',
      what: 'as another device',
      ask: () => ({ body: { deviceId: newId('dev') } }),
      changes: false,
      cells: { ...everyMember('FORBIDDEN'), stranger: 'FORBIDDEN', removed: 'FORBIDDEN', left: 'FORBIDDEN' },
    },
  ],
  refresh_token: [{ place: 'nowhere', why: 'the own session' }],
};

import { type ClientEventName, newUuidV7 } from '@parley/contracts';

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
  create_conversation: [{ place: 'nowhere', why: 'anybody may' }],
  sync_request: [
    { place: 'nowhere', why: 'what is not theirs comes back as removed; see the stories of chatting' },
  ],
  refresh_token: [{ place: 'nowhere', why: 'the own session' }],
};

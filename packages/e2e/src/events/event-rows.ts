import { type ClientEventName, newUuidV7, type ServerEventName } from '@parley/contracts';
import type { Person, Place } from '@parley/testing';

import { say } from '../rights/scene.ts';

/** Two people in a group of theirs, and a message of each. */
export interface EventScene {
  readonly an: Person;
  readonly binh: Person;
  /** In none of their conversations. */
  readonly chi: Person;
  readonly place: Place;
  readonly messageIds: { readonly an: string; readonly binh: string };
}

type Payload = Readonly<Record<string, unknown>>;

/** One client event: how An says it well, what becomes of it, and what is too much. */
export interface EventRow {
  readonly payload: (scene: EventScene) => Payload | Promise<Payload>;
  /** What An hears without a callback; absent where that is nothing. */
  readonly confirmedBy?: ServerEventName;
  /** What others hear; absent where it is nobody's business. */
  readonly heard?: { readonly name: ServerEventName; readonly by: 'binh' | 'chi' };
  readonly oversized: (payload: Payload) => Payload;
  /** Whether nothing at all is a good payload. */
  readonly takesNothing?: boolean;
}

const EMOJI = '👍';
const LONG = 'a'.repeat(10_001);
const manyIds = (payload: Payload) => Array<unknown>(300).fill(payload['conversationId']);

const tooLong = (field: string) => (payload: Payload) => ({ ...payload, [field]: LONG });
const onOwn = async ({ an, place }: EventScene) => ({ messageId: await say(an, place) });
const readAll = async ({ binh, place }: EventScene) => {
  const messageId = await say(binh, place);
  return { conversationId: place.conversationId, messageId };
};

/** Everything that may be said over a socket. An event without a row does not compile. */
export const eventRows: { readonly [Name in ClientEventName]: EventRow } = {
  send_message: {
    payload: ({ place }) => ({
      conversationId: place.conversationId,
      clientMessageId: newUuidV7(),
      content: 'Chào',
    }),
    confirmedBy: 'message_sent',
    heard: { name: 'new_message', by: 'binh' },
    oversized: tooLong('content'),
  },
  edit_message: {
    payload: async (scene) => ({ ...(await onOwn(scene)), content: 'Nói lại' }),
    confirmedBy: 'message_edited',
    heard: { name: 'message_edited', by: 'binh' },
    oversized: tooLong('content'),
  },
  delete_message: {
    payload: async (scene) => ({ ...(await onOwn(scene)), scope: 'everyone' }),
    confirmedBy: 'message_deleted',
    heard: { name: 'message_deleted', by: 'binh' },
    oversized: tooLong('messageId'),
  },
  react_to_message: {
    payload: async (scene) => ({ ...(await onOwn(scene)), emoji: EMOJI }),
    confirmedBy: 'react_to_message_success',
    heard: { name: 'message_reaction_updated', by: 'binh' },
    oversized: tooLong('emoji'),
  },
  remove_reaction: {
    payload: async (scene) => {
      const { messageId } = await onOwn(scene);
      await scene.an.api.call('reactToMessage', { params: { id: messageId }, body: { emoji: EMOJI } });
      return { messageId, emoji: EMOJI };
    },
    confirmedBy: 'react_to_message_success',
    heard: { name: 'message_reaction_updated', by: 'binh' },
    oversized: tooLong('emoji'),
  },
  mark_as_read: {
    payload: readAll,
    confirmedBy: 'mark_as_read_success',
    heard: { name: 'messages_read', by: 'binh' },
    oversized: tooLong('messageId'),
  },
  message_read: {
    payload: readAll,
    heard: { name: 'messages_read', by: 'binh' },
    oversized: tooLong('messageId'),
  },
  message_delivered: {
    payload: readAll,
    oversized: tooLong('messageId'),
  },
  read_receipts_batch: {
    payload: async (scene) => ({ receipts: [await readAll(scene)] }),
    heard: { name: 'messages_read', by: 'binh' },
    oversized: ({ receipts }) => ({ receipts: Array<unknown>(300).fill((receipts as unknown[])[0]) }),
  },
  join_conversation: {
    payload: ({ place }) => ({ conversationId: place.conversationId }),
    confirmedBy: 'joined_conversation',
    oversized: (payload) => ({ conversationIds: manyIds(payload) }),
  },
  leave_conversation: {
    payload: ({ place }) => ({ conversationId: place.conversationId }),
    confirmedBy: 'left_conversation',
    oversized: (payload) => ({ conversationIds: manyIds(payload) }),
  },
  typing_start: {
    payload: ({ place }) => ({ conversationId: place.conversationId }),
    oversized: tooLong('conversationId'),
  },
  typing_stop: {
    payload: ({ place }) => ({ conversationId: place.conversationId }),
    oversized: tooLong('conversationId'),
  },
  presence_subscribe: {
    payload: ({ binh }) => ({ userIds: [binh.userId] }),
    oversized: ({ userIds }) => ({ userIds: Array<unknown>(300).fill((userIds as unknown[])[0]) }),
  },
  presence_update: {
    payload: () => ({ status: 'online' }),
    oversized: tooLong('status'),
  },
  create_conversation: {
    payload: ({ binh, chi }) => ({ kind: 'group', name: 'Huế', memberIds: [binh.userId, chi.userId] }),
    confirmedBy: 'new_conversation',
    heard: { name: 'new_conversation', by: 'chi' },
    oversized: tooLong('name'),
  },
  sync_request: {
    payload: ({ place }) => ({ cursors: { [place.conversationId]: 0 } }),
    confirmedBy: 'sync_complete',
    oversized: (payload) => ({ ...payload, limit: 1_000_000 }),
    // Without cursors or a token it begins with what there is now.
    takesNothing: true,
  },
  device_connect: {
    payload: ({ an, place }) => ({
      deviceId: an.device.tokens.deviceId,
      cursors: { [place.conversationId]: 0 },
    }),
    confirmedBy: 'sync_complete',
    oversized: (payload) => ({ ...payload, limit: 1_000_000 }),
    takesNothing: true,
  },
  refresh_token: {
    payload: ({ an }) => ({ token: an.device.tokens.accessToken }),
    oversized: tooLong('token'),
  },
};

import { z } from 'zod';

import { ConversationId, MessageId } from '../kernel/scalars.ts';
import { listMessageVersions, listPins, listReactions, listReplies } from '../message/queries.ts';
import {
  ChangedAnswer,
  DeletedAnswer,
  DeleteMessageQuery,
  EditMessageBody,
  PinQuery,
  ReactBody,
  ReactedAnswer,
} from './bodies.ts';
import { defineRoute } from './route.ts';

const OfConversation = z.object({ id: ConversationId });
const OfMessage = z.object({ id: MessageId });

/** What is done to messages that were sent before, and what is seen of it. */
export const changeRoutes = {
  editMessage: defineRoute({
    method: 'PUT',
    path: '/conversations/messages/:id',
    auth: 'session',
    status: 200,
    params: OfMessage,
    body: EditMessageBody,
    answer: ChangedAnswer,
    summary: 'Says something else in an own message, while it may still be edited.',
  }),
  deleteMessage: defineRoute({
    method: 'DELETE',
    path: '/conversations/messages/:id',
    auth: 'session',
    status: 200,
    params: OfMessage,
    query: DeleteMessageQuery,
    answer: DeletedAnswer,
    summary: 'Deletes a message, for everyone or for oneself. Deleting it again changes nothing.',
  }),
  listMessageVersions: defineRoute({
    method: 'GET',
    path: '/conversations/messages/:id/history',
    auth: 'session',
    status: 200,
    params: OfMessage,
    query: listMessageVersions.input.pick({ cursor: true, limit: true }),
    answer: listMessageVersions.answer,
    summary: 'What a message said before and says now, the first words first.',
  }),
  listReplies: defineRoute({
    method: 'GET',
    path: '/conversations/messages/:id/replies',
    auth: 'session',
    status: 200,
    params: OfMessage,
    query: listReplies.input.pick({ cursor: true, limit: true }),
    answer: listReplies.answer,
    summary: 'A thread: the answers to a message, the first one first.',
  }),
  reactToMessage: defineRoute({
    method: 'POST',
    path: '/conversations/messages/:id/react',
    auth: 'session',
    status: 200,
    params: OfMessage,
    body: ReactBody,
    answer: ReactedAnswer,
    summary: 'Puts an emoji on a message; the same one again takes it away.',
  }),
  removeReaction: defineRoute({
    method: 'DELETE',
    path: '/conversations/messages/:id/react',
    auth: 'session',
    status: 200,
    params: OfMessage,
    body: ReactBody,
    answer: ReactedAnswer,
    summary: 'Takes an own emoji away.',
  }),
  listReactions: defineRoute({
    method: 'GET',
    path: '/conversations/messages/:id/reactions/stats',
    auth: 'session',
    status: 200,
    params: OfMessage,
    answer: listReactions.answer,
    summary: 'Which emojis a message has, how many of each, and from whom.',
  }),
  pinMessage: defineRoute({
    method: 'PUT',
    path: '/conversations/messages/:id/pin',
    auth: 'session',
    status: 200,
    params: OfMessage,
    query: PinQuery,
    answer: ChangedAnswer,
    summary: 'Pins a message.',
  }),
  unpinMessage: defineRoute({
    method: 'DELETE',
    path: '/conversations/messages/:id/pin',
    auth: 'session',
    status: 200,
    params: OfMessage,
    query: PinQuery,
    answer: ChangedAnswer,
    summary: 'Takes a pin away.',
  }),
  listPins: defineRoute({
    method: 'GET',
    path: '/conversations/:id/pins',
    auth: 'session',
    status: 200,
    params: OfConversation,
    answer: listPins.answer,
    summary: 'What is pinned, the latest pin first.',
  }),
} as const;

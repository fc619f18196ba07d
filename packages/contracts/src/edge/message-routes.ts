import { z } from 'zod';

import { ConversationId, MessageId } from '../kernel/scalars.ts';
import {
  getMessageStats,
  HistoryBounds,
  listMessages,
  listReadPositions,
  listReceipts,
} from '../message/queries.ts';
import { ReceiptStats } from '../message/receipts.ts';
import { SearchAnswer, SearchFilters } from '../message/search.ts';
import { MessageView } from '../message/views.ts';
import { ForwardBody, ForwardedAnswer, MarkedReadAnswer, MarkReadBody, SentAnswer } from './bodies.ts';
import { defineRoute, type RouteContract } from './route.ts';
import {
  SendContactBody,
  SendFileBody,
  SendImageBody,
  SendLocationBody,
  SendMessageBody,
  SendStickerBody,
  SendTextBody,
  SendVideoBody,
  SendVoiceBody,
} from './send-bodies.ts';

const OfConversation = z.object({ id: ConversationId });
const OfMessage = z.object({ id: MessageId });

export const messageRoutes = {
  listMessages: defineRoute({
    method: 'GET',
    path: '/conversations/:id/messages',
    auth: 'session',
    status: 200,
    params: OfConversation,
    query: HistoryBounds,
    answer: listMessages.answer,
    summary: 'A page of messages, oldest first.',
  }),
  getMessageStats: defineRoute({
    method: 'GET',
    path: '/conversations/:id/messages/stats',
    auth: 'session',
    status: 200,
    params: OfConversation,
    answer: getMessageStats.answer,
    summary: 'How many messages of which type, and how many of whom.',
  }),
  listReadPositions: defineRoute({
    method: 'GET',
    path: '/conversations/:id/read-positions',
    auth: 'session',
    status: 200,
    params: OfConversation,
    answer: listReadPositions.answer,
    summary: 'How far each member has read, and how far their devices have got.',
  }),
  searchMessages: defineRoute({
    method: 'GET',
    path: '/conversations/messages/search',
    auth: 'session',
    status: 200,
    query: SearchFilters,
    answer: SearchAnswer,
    summary: 'Messages of the own conversations, found by words and filters.',
  }),
  getMessage: defineRoute({
    method: 'GET',
    path: '/conversations/messages/:id',
    auth: 'session',
    status: 200,
    params: OfMessage,
    answer: MessageView,
    summary: 'A message.',
  }),
  listReceipts: defineRoute({
    method: 'GET',
    path: '/conversations/messages/:id/read-receipts',
    auth: 'session',
    status: 200,
    params: OfMessage,
    query: listReceipts.input.pick({ state: true, cursor: true, limit: true }),
    answer: listReceipts.answer,
    summary: 'Who has a message, or who has read it, and since when.',
  }),
  getReceiptStats: defineRoute({
    method: 'GET',
    path: '/conversations/messages/:id/read-receipts/stats',
    auth: 'session',
    status: 200,
    params: OfMessage,
    answer: ReceiptStats,
    summary: 'How many have a message, and how many have read it.',
  }),
  sendMessage: defineRoute({
    method: 'POST',
    path: '/conversations/messages',
    auth: 'session',
    status: 201,
    body: SendMessageBody,
    answer: SentAnswer,
    summary: 'Sends a message of any type. The same clientMessageId gives the same answer, however often.',
  }),
  sendText: sendRoute('/messages/text', SendTextBody, 'Sends a text.'),
  sendImage: sendRoute('/messages/image', SendImageBody, 'Sends pictures.'),
  sendVideo: sendRoute('/messages/video', SendVideoBody, 'Sends videos.'),
  sendFile: sendRoute('/messages/file', SendFileBody, 'Sends a file.'),
  sendVoice: sendRoute('/messages/voice', SendVoiceBody, 'Sends a voice message.'),
  sendSticker: sendRoute('/messages/sticker', SendStickerBody, 'Sends a sticker.'),
  sendLocation: sendRoute('/messages/location', SendLocationBody, 'Sends a place.'),
  sendContact: sendRoute('/messages/contact', SendContactBody, 'Sends a contact.'),
  forwardMessage: defineRoute({
    method: 'POST',
    path: '/conversations/messages/:id/forward',
    auth: 'session',
    status: 201,
    params: OfMessage,
    body: ForwardBody,
    answer: ForwardedAnswer,
    summary: 'Says a message again in other conversations. The same Idempotency-Key says it once in each.',
  }),
  markRead: defineRoute({
    method: 'POST',
    path: '/conversations/messages/read',
    auth: 'session',
    status: 200,
    body: MarkReadBody,
    answer: MarkedReadAnswer,
    summary: 'Marks as read up to a message.',
  }),
} as const;

/** One face of the one command that sends. */
function sendRoute<Path extends RouteContract['path'], Body extends z.ZodType>(
  path: Path,
  body: Body,
  summary: string,
) {
  const answer = SentAnswer;
  return defineRoute({ method: 'POST', path, auth: 'session', status: 201, body, answer, summary });
}

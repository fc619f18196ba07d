import {
  getMessage,
  getMessageStats,
  getReceiptStats,
  listMessages,
  listReadPositions,
  listReceipts,
  type messageRoutes,
  searchMessages,
} from '@parley/contracts';

import { edgeResultOf } from './edge-error.ts';
import { askPage } from './pages.ts';
import { actingOf, type RestHandlers, type RestPorts, type RestRequest } from './rest-contract.ts';

/** A send, whichever of its faces it came by. */
type SendRequest = Pick<RestRequest<'sendMessage'>, 'body' | 'identity' | 'asking'>;

/** Messages and how far they were read. */
export function messageRest({
  chat,
  receipts,
  forwards,
  queries,
  cursors,
}: RestPorts): RestHandlers<keyof typeof messageRoutes> {
  const send = async ({ body, identity, asking }: SendRequest) =>
    chat.send(body, { identity, correlationId: asking.correlationId });

  return {
    sendMessage: send,
    sendText: send,
    sendImage: send,
    sendVideo: send,
    sendFile: send,
    sendVoice: send,
    sendSticker: send,
    sendLocation: send,
    sendContact: send,

    listMessages: async ({ identity: { userId }, params, query, asking }) =>
      askPage(cursors, query, async (asked) =>
        edgeResultOf(
          await queries.ask(listMessages, { ...asked, userId, conversationId: params.id }, asking),
        ),
      ),

    searchMessages: async ({ identity: { userId }, query, asking }) =>
      askPage(cursors, query, async (asked) =>
        edgeResultOf(await queries.ask(searchMessages, { ...asked, userId }, asking)),
      ),

    getMessage: async ({ identity: { userId }, params, asking }) =>
      edgeResultOf(await queries.ask(getMessage, { userId, messageId: params.id }, asking)),

    forwardMessage: async (request) =>
      forwards.forward(request.params.id, request.body.conversationIds, actingOf(request)),

    getMessageStats: async ({ identity: { userId }, params, asking }) =>
      edgeResultOf(await queries.ask(getMessageStats, { userId, conversationId: params.id }, asking)),

    listReadPositions: async ({ identity: { userId }, params, asking }) =>
      edgeResultOf(await queries.ask(listReadPositions, { userId, conversationId: params.id }, asking)),

    listReceipts: async ({ identity: { userId }, params, query, asking }) =>
      askPage(cursors, query, async (asked) =>
        edgeResultOf(await queries.ask(listReceipts, { ...asked, userId, messageId: params.id }, asking)),
      ),

    getReceiptStats: async ({ identity: { userId }, params, asking }) =>
      edgeResultOf(await queries.ask(getReceiptStats, { userId, messageId: params.id }, asking)),

    markRead: async ({ body, identity, asking }) =>
      receipts.markRead(body, { identity, correlationId: asking.correlationId }),
  };
}

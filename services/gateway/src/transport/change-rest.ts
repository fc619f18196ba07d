import {
  type changeRoutes,
  deleteMessage,
  editMessage,
  listMessageVersions,
  listPins,
  listReactions,
  listReplies,
  pinMessage,
  reactToMessage,
  removeReaction,
  unpinMessage,
} from '@parley/contracts';

import { edgeResultOf } from './edge-error.ts';
import { askPage } from './pages.ts';
import { actingOf, type RestHandlers, type RestPorts } from './rest-contract.ts';

/** What is done to messages that were sent before. */
export function changeRest({
  changes,
  queries,
  cursors,
}: RestPorts): RestHandlers<keyof typeof changeRoutes> {
  return {
    editMessage: async (request) => {
      const { conversationId, content: text, entities } = request.body;
      const target = { messageId: request.params.id, conversationId };
      const data = { wording: { text, ...(entities ? { entities } : {}) } };
      return changes.change(editMessage, { ...target, data }, actingOf(request));
    },

    deleteMessage: async (request) => {
      const target = { messageId: request.params.id, conversationId: request.query.conversationId };
      if (request.query.scope === 'me') return changes.hide(target, actingOf(request));
      return changes.change(deleteMessage, { ...target, data: {} }, actingOf(request));
    },

    listMessageVersions: async ({ identity: { userId }, params, query, asking }) =>
      askPage(cursors, query, async (asked) =>
        edgeResultOf(
          await queries.ask(listMessageVersions, { ...asked, userId, messageId: params.id }, asking),
        ),
      ),

    listReplies: async ({ identity: { userId }, params, query, asking }) =>
      askPage(cursors, query, async (asked) =>
        edgeResultOf(await queries.ask(listReplies, { ...asked, userId, messageId: params.id }, asking)),
      ),

    reactToMessage: async (request) => {
      const { conversationId, emoji } = request.body;
      const target = { messageId: request.params.id, conversationId, data: { emoji } };
      return changes.change(reactToMessage, target, actingOf(request));
    },

    removeReaction: async (request) => {
      const { conversationId, emoji } = request.body;
      const target = { messageId: request.params.id, conversationId, data: { emoji } };
      return changes.change(removeReaction, target, actingOf(request));
    },

    listReactions: async ({ identity: { userId }, params, asking }) =>
      edgeResultOf(await queries.ask(listReactions, { userId, messageId: params.id }, asking)),

    pinMessage: async (request) => {
      const target = { messageId: request.params.id, conversationId: request.query.conversationId };
      return changes.change(pinMessage, { ...target, data: {} }, actingOf(request));
    },

    unpinMessage: async (request) => {
      const target = { messageId: request.params.id, conversationId: request.query.conversationId };
      return changes.change(unpinMessage, { ...target, data: {} }, actingOf(request));
    },

    listPins: async ({ identity: { userId }, params, asking }) =>
      edgeResultOf(await queries.ask(listPins, { userId, conversationId: params.id }, asking)),
  };
}

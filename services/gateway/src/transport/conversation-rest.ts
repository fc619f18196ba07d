import { type conversationRoutes, getConversation, listConversations, listMembers } from '@parley/contracts';

import { edgeResultOf } from './edge-error.ts';
import { groupRest } from './group-rest.ts';
import { askPage } from './pages.ts';
import { actingOf, type RestHandlers, type RestPorts } from './rest-contract.ts';
import { withView } from './with-view.ts';

/** Conversations and their members. */
export function conversationRest(ports: RestPorts): RestHandlers<keyof typeof conversationRoutes> {
  const { conversations, queries, cursors } = ports;

  return {
    ...groupRest(ports),

    listConversations: async ({ identity: { userId }, query, asking }) =>
      askPage(cursors, query, async (asked) =>
        edgeResultOf(await queries.ask(listConversations, { ...asked, userId }, asking)),
      ),

    getConversation: async ({ identity: { userId }, params, asking }) =>
      edgeResultOf(await queries.ask(getConversation, { userId, conversationId: params.id }, asking)),

    startDirect: async (request) => {
      const started = await conversations.startDirect(request.body.recipientId, actingOf(request));
      return withView(queries, request, started);
    },

    startGroup: async (request) => {
      const started = await conversations.startGroup(request.body, actingOf(request));
      return withView(queries, request, started);
    },

    listMembers: async ({ identity: { userId }, params, query, asking }) =>
      askPage(cursors, query, async (asked) =>
        edgeResultOf(await queries.ask(listMembers, { ...asked, userId, conversationId: params.id }, asking)),
      ),
  };
}

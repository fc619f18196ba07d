import { type inviteRoutes, join, listInvites, type Position, revokeInvite } from '@parley/contracts';

import type { Guess } from '../commands/invite-commands.ts';
import { edgeOk, edgeResultOf } from './edge-error.ts';
import { askPage } from './pages.ts';
import { actingOf, type RestHandlers, type RestPorts, type RestRequest, writtenOf } from './rest-contract.ts';
import { withView } from './with-view.ts';

/** Ways into a group by oneself. */
export function inviteRest({
  conversations,
  invites,
  queries,
  cursors,
}: RestPorts): RestHandlers<keyof typeof inviteRoutes> {
  return {
    createInvite: async (request) => {
      const created = await invites.create(request.params.id, request.body ?? {}, actingOf(request));
      const { position } = created.ok ? created : {};
      return created.ok ? edgeOk({ ...created.data, position: position as Position }, position) : created;
    },

    listInvites: async ({ identity: { userId }, params, query, asking }) =>
      askPage(cursors, query, async (asked) =>
        edgeResultOf(await queries.ask(listInvites, { ...asked, userId, conversationId: params.id }, asking)),
      ),

    revokeInvite: async (request) => {
      const { id: conversationId, inviteId } = request.params;
      return writtenOf(
        await conversations.act(revokeInvite, { conversationId, inviteId }, actingOf(request)),
      );
    },

    getInvite: (request) => invites.find(guessOf(request)),

    acceptInvite: async (request) => withView(queries, request, await invites.accept(guessOf(request))),

    joinPublic: async (request) => {
      const data = { conversationId: request.params.id };
      return withView(queries, request, await conversations.act(join, data, actingOf(request)));
    },
  };
}

function guessOf(request: RestRequest<'getInvite'> | RestRequest<'acceptInvite'>): Guess {
  const { params, asking, address } = request;
  return { code: params.code, acting: actingOf(request), asking, address };
}

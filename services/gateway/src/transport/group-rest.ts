import {
  addMembers,
  changeRole,
  type conversationRoutes,
  dissolve,
  leave,
  removeMember,
  transferOwnership,
  updateConversation,
} from '@parley/contracts';

import { actingOf, type RestHandlers, type RestPorts, type RestRequest, writtenOf } from './rest-contract.ts';
import { withView } from './with-view.ts';

/** What people do to a group that is there. */
export function groupRest({
  conversations,
  queries,
}: RestPorts): RestHandlers<
  Exclude<
    keyof typeof conversationRoutes,
    'listConversations' | 'getConversation' | 'startDirect' | 'startGroup' | 'listMembers'
  >
> {
  const leaving = async (request: RestRequest<'leave'> | RestRequest<'leaveByPost'>) =>
    writtenOf(await conversations.act(leave, { conversationId: request.params.id }, actingOf(request)));

  const updating = async (
    request: RestRequest<'updateConversation'> | RestRequest<'updateConversationByPut'>,
  ) => {
    const change = { ...request.body, conversationId: request.params.id };
    const updated = await conversations.act(updateConversation, change, actingOf(request));
    return withView(queries, request, updated);
  };

  return {
    updateConversation: updating,
    updateConversationByPut: updating,

    dissolve: async (request) =>
      writtenOf(await conversations.act(dissolve, { conversationId: request.params.id }, actingOf(request))),

    addMembers: async (request) => {
      const data = { conversationId: request.params.id, userIds: request.body.userIds };
      return writtenOf(await conversations.act(addMembers, data, actingOf(request)));
    },

    removeMember: async (request) => {
      const { id: conversationId, userId } = request.params;
      return writtenOf(await conversations.act(removeMember, { conversationId, userId }, actingOf(request)));
    },

    changeRole: async (request) => {
      const { id: conversationId, userId } = request.params;
      const data = { conversationId, userId, role: request.body.role };
      return writtenOf(await conversations.act(changeRole, data, actingOf(request)));
    },

    transferOwnership: async (request) => {
      const data = { conversationId: request.params.id, userId: request.body.userId };
      return writtenOf(await conversations.act(transferOwnership, data, actingOf(request)));
    },

    leave: leaving,
    leaveByPost: leaving,
  };
}

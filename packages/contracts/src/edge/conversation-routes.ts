import { z } from 'zod';

import {
  addMembers,
  changeRole,
  startDirect,
  startGroup,
  transferOwnership,
  updateConversation,
} from '../conversation/commands.ts';
import { listConversations, listMembers } from '../conversation/queries.ts';
import { ConversationView } from '../conversation/views.ts';
import { ConversationId, Position, UserId } from '../kernel/scalars.ts';
import { defineRoute } from './route.ts';

const OfConversation = z.object({ id: ConversationId });
const OfMember = OfConversation.extend({ userId: UserId });
const Update = updateConversation.input.omit({ conversationId: true });
const Written = z.object({ position: Position });

export const conversationRoutes = {
  listConversations: defineRoute({
    method: 'GET',
    path: '/conversations',
    auth: 'session',
    status: 200,
    query: listConversations.input.omit({ userId: true }),
    answer: listConversations.answer,
    summary: 'The own conversations, pinned ones first, then the latest activity.',
  }),
  getConversation: defineRoute({
    method: 'GET',
    path: '/conversations/:id',
    auth: 'session',
    status: 200,
    params: OfConversation,
    answer: ConversationView,
    summary: 'A conversation.',
  }),
  startDirect: defineRoute({
    method: 'POST',
    path: '/conversations/direct',
    auth: 'session',
    status: 201,
    body: startDirect.input.pick({ recipientId: true }),
    answer: ConversationView.extend({ position: Position }),
    summary: 'Opens the one direct chat with a person, or returns it.',
  }),
  startGroup: defineRoute({
    method: 'POST',
    path: '/conversations/group',
    auth: 'session',
    status: 201,
    body: startGroup.input.omit({ conversationId: true }),
    answer: ConversationView.extend({ position: Position }),
    summary: 'Opens a group.',
  }),
  updateConversation: defineRoute({
    method: 'PATCH',
    path: '/conversations/:id',
    auth: 'session',
    status: 200,
    params: OfConversation,
    body: Update,
    answer: ConversationView.extend({ position: Position }),
    summary: 'Changes a group’s name, description, picture or settings; what is left out stays.',
  }),
  updateConversationByPut: defineRoute({
    method: 'PUT',
    path: '/conversations/:id',
    auth: 'session',
    status: 200,
    params: OfConversation,
    body: Update,
    answer: ConversationView.extend({ position: Position }),
    summary: 'The same, for clients that cannot send PATCH.',
  }),
  dissolve: defineRoute({
    method: 'DELETE',
    path: '/conversations/:id',
    auth: 'session',
    status: 200,
    params: OfConversation,
    answer: Written,
    summary: 'Ends a group for everybody.',
  }),
  listMembers: defineRoute({
    method: 'GET',
    path: '/conversations/:id/members',
    auth: 'session',
    status: 200,
    params: OfConversation,
    query: listMembers.input.pick({ cursor: true, limit: true }),
    answer: listMembers.answer,
    summary: 'Who is in a conversation.',
  }),
  addMembers: defineRoute({
    method: 'POST',
    path: '/conversations/:id/members',
    auth: 'session',
    status: 200,
    params: OfConversation,
    body: addMembers.input.pick({ userIds: true }),
    answer: Written,
    summary: 'Adds people. Adding a member again changes nothing.',
  }),
  removeMember: defineRoute({
    method: 'DELETE',
    path: '/conversations/:id/members/:userId',
    auth: 'session',
    status: 200,
    params: OfMember,
    answer: Written,
    summary: 'Removes a member.',
  }),
  changeRole: defineRoute({
    method: 'PUT',
    path: '/conversations/:id/members/:userId/role',
    auth: 'session',
    status: 200,
    params: OfMember,
    body: changeRole.input.pick({ role: true }),
    answer: Written,
    summary: 'Changes what a member may do.',
  }),
  transferOwnership: defineRoute({
    method: 'POST',
    path: '/conversations/:id/owner',
    auth: 'session',
    status: 200,
    params: OfConversation,
    body: transferOwnership.input.pick({ userId: true }),
    answer: Written,
    summary: 'Hands the group over to another member.',
  }),
  leave: defineRoute({
    method: 'DELETE',
    path: '/conversations/:id/leave',
    auth: 'session',
    status: 200,
    params: OfConversation,
    answer: Written,
    summary: 'Leaves a group.',
  }),
  leaveByPost: defineRoute({
    method: 'POST',
    path: '/conversations/:id/leave',
    auth: 'session',
    status: 200,
    params: OfConversation,
    answer: Written,
    summary: 'Leaves a group, for clients that cannot send DELETE.',
  }),
} as const;

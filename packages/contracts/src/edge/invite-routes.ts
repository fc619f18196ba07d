import { z } from 'zod';

import { InviteCode, InvitedView, InviteTerms } from '../conversation/invite-views.ts';
import { listInvites } from '../conversation/queries.ts';
import { ConversationView } from '../conversation/views.ts';
import { ConversationId, InviteId, Position, Timestamp } from '../kernel/scalars.ts';
import { defineRoute } from './route.ts';

const OfConversation = z.object({ id: ConversationId });
const OfCode = z.object({ code: InviteCode });
const Joined = ConversationView.extend({ position: Position });

export const inviteRoutes = {
  createInvite: defineRoute({
    method: 'POST',
    path: '/conversations/:id/invites',
    auth: 'session',
    status: 201,
    params: OfConversation,
    body: InviteTerms.optional(),
    answer: z.object({
      inviteId: InviteId,
      code: InviteCode,
      expiresAt: Timestamp.nullable(),
      useCountMax: z.int().nullable(),
      position: Position,
    }),
    summary: 'Makes an invite. Its code is told this once.',
  }),
  listInvites: defineRoute({
    method: 'GET',
    path: '/conversations/:id/invites',
    auth: 'session',
    status: 200,
    params: OfConversation,
    query: listInvites.input.pick({ cursor: true, limit: true }),
    answer: listInvites.answer,
    summary: 'A group’s invites, the last one first, without their codes.',
  }),
  revokeInvite: defineRoute({
    method: 'DELETE',
    path: '/conversations/:id/invites/:inviteId',
    auth: 'session',
    status: 200,
    params: OfConversation.extend({ inviteId: InviteId }),
    answer: z.object({ position: Position }),
    summary: 'Ends an invite.',
  }),
  getInvite: defineRoute({
    method: 'GET',
    path: '/invites/:code',
    auth: 'session',
    status: 200,
    params: OfCode,
    answer: InvitedView,
    summary: 'Which group a code lets into.',
  }),
  acceptInvite: defineRoute({
    method: 'POST',
    path: '/invites/:code/accept',
    auth: 'session',
    status: 200,
    params: OfCode,
    answer: Joined,
    summary: 'Joins by a code.',
  }),
  joinPublic: defineRoute({
    method: 'POST',
    path: '/conversations/:id/join',
    auth: 'session',
    status: 200,
    params: OfConversation,
    answer: Joined,
    summary: 'Joins a public group.',
  }),
} as const;

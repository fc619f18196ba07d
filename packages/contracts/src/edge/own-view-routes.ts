import { z } from 'zod';

import { getConversationStats } from '../conversation/queries.ts';
import { ConversationId, Position, Timestamp } from '../kernel/scalars.ts';
import { saveDraft } from '../own-view/commands.ts';
import { defineRoute } from './route.ts';

const OfConversation = z.object({ id: ConversationId });
const Written = z.object({ position: Position });

/** An act on the own view that needs no more than its name. */
function act<const Method extends 'POST' | 'DELETE', const Path extends `/${string}`>(
  method: Method,
  path: Path,
  summary: string,
) {
  return defineRoute({
    method,
    path,
    auth: 'session',
    status: 200,
    params: OfConversation,
    answer: Written,
    summary,
  });
}

export const ownViewRoutes = {
  getConversationStats: defineRoute({
    method: 'GET',
    path: '/conversations/stats',
    auth: 'session',
    status: 200,
    answer: getConversationStats.answer,
    summary: 'The own conversations, counted: all, by kind and by state.',
  }),
  archive: act('POST', '/conversations/:id/archive', 'Takes a conversation out of the plain list.'),
  unarchive: act('DELETE', '/conversations/:id/archive', 'Puts it back.'),
  unarchiveByPost: act('POST', '/conversations/:id/unarchive', 'Puts it back, for clients without DELETE.'),
  mute: defineRoute({
    method: 'POST',
    path: '/conversations/:id/mute',
    auth: 'session',
    status: 200,
    params: OfConversation,
    body: z.strictObject({ until: Timestamp.optional() }).optional(),
    answer: Written,
    summary: 'Mutes a conversation, until a time or for ever.',
  }),
  unmute: act('DELETE', '/conversations/:id/mute', 'Ends the muting.'),
  unmuteByPost: act('POST', '/conversations/:id/unmute', 'Ends the muting, for clients without DELETE.'),
  pinConversation: act('POST', '/conversations/:id/pin', 'Keeps a conversation at the top of the list.'),
  unpinConversation: act('DELETE', '/conversations/:id/pin', 'Lets it go.'),
  markUnread: act('POST', '/conversations/:id/mark-unread', 'Marks as unread until it is read.'),
  unmarkUnread: act('DELETE', '/conversations/:id/mark-unread', 'Takes the mark away.'),
  saveDraft: defineRoute({
    method: 'PUT',
    path: '/conversations/:id/draft',
    auth: 'session',
    status: 200,
    params: OfConversation,
    body: saveDraft.input.pick({ draft: true }),
    answer: Written,
    summary: 'Keeps what one has begun to write; null forgets it, and so does sending.',
  }),
} as const;

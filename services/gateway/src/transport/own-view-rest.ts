import { type changePreferences, getConversationStats, type ownViewRoutes } from '@parley/contracts';
import type { z } from 'zod';

import { edgeResultOf } from './edge-error.ts';
import { actingOf, type RestHandlers, type RestPorts, type RestRequest, writtenOf } from './rest-contract.ts';

type Preferences = Omit<z.input<typeof changePreferences.input>, 'conversationId'>;
type ActName = Exclude<keyof typeof ownViewRoutes, 'getConversationStats' | 'mute' | 'saveDraft'>;

/** How people keep their conversations. */
export function ownViewRest({ ownView, queries }: RestPorts): RestHandlers<keyof typeof ownViewRoutes> {
  const keeping = (changes: Preferences) => async (request: RestRequest<ActName>) =>
    writtenOf(await ownView.changePreferences(request.params.id, changes, actingOf(request)));
  const unarchive = keeping({ archived: false });
  const unmute = keeping({ mutedUntil: null });

  return {
    getConversationStats: async ({ identity: { userId }, asking }) =>
      edgeResultOf(await queries.ask(getConversationStats, { userId }, asking)),

    archive: keeping({ archived: true }),
    unarchive,
    unarchiveByPost: unarchive,

    mute: async (request) => {
      const mutedUntil = request.body?.until ?? 'forever';
      return writtenOf(await ownView.changePreferences(request.params.id, { mutedUntil }, actingOf(request)));
    },
    unmute,
    unmuteByPost: unmute,

    pinConversation: keeping({ pinned: true }),
    unpinConversation: keeping({ pinned: false }),

    markUnread: keeping({ markedUnread: true }),
    unmarkUnread: keeping({ markedUnread: false }),

    saveDraft: async (request) =>
      writtenOf(await ownView.saveDraft(request.params.id, request.body.draft, actingOf(request))),
  };
}

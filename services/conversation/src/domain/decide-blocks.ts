import { accept, reject } from '@parley/event-sourcing';

import type { Rules } from './conversation.ts';

/** Who takes no direct messages from whom. Said in the pair's own log, so it has its place among the messages. */
export const decideBlocks: Rules<'conversation.block-person' | 'conversation.unblock-person'> = {
  'conversation.block-person': ({ membership }, { data, meta }) => {
    const { conversationId, blockedId } = data;
    if (blockedId === meta.actorId) return reject('block-of-oneself');
    if (membership.blockedIds.has(blockedId)) return accept();
    if (data.unknownIds.length > 0) return reject('person-not-found');

    return accept({ type: 'conversation.person-blocked', data: { conversationId, blockedId } });
  },

  'conversation.unblock-person': ({ membership }, { data, meta }) => {
    const { conversationId, blockedId } = data;
    // Only the other one's block of this person is in this log as well, and that is not theirs to lift.
    if (blockedId === meta.actorId || !membership.blockedIds.has(blockedId)) return accept();

    return accept({ type: 'conversation.person-unblocked', data: { conversationId, blockedId } });
  },
};

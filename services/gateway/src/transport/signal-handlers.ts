import type { ConversationId } from '@parley/contracts';

import { eachAtOnce } from '../each-at-once.ts';
import type { ConversationFeed } from '../policies/conversation-feed.ts';
import type { Feeds } from '../policies/feeds.ts';
import type { Signals } from '../signals.ts';
import type { ClientSession } from './client-session.ts';
import { JOIN_AT_ONCE } from './connections.ts';
import { edgeError, edgeOk } from './edge-error.ts';
import type { SocketHandlers } from './socket-contract.ts';

type SignalEvents =
  | 'join_conversation'
  | 'leave_conversation'
  | 'typing_start'
  | 'typing_stop'
  | 'presence_subscribe'
  | 'presence_update';

export interface SignalPorts {
  readonly feeds: Feeds;
  readonly signals: Signals;
}

/** What sockets say that is not stored, and what they look at. */
export function signalHandlers({ feeds, signals }: SignalPorts): Pick<SocketHandlers, SignalEvents> {
  return {
    join_conversation: async (payload, session) => {
      const conversationIds = idsOf(payload);
      let isMissing = false;
      await eachAtOnce(conversationIds, JOIN_AT_ONCE, async (conversationId) => {
        if ((await feeds.join(session, conversationId)) === undefined) isMissing = true;
        else signals.openView(session, conversationId);
      });
      return isMissing ? noSuchConversation() : edgeOk({ conversationIds });
    },

    // The live view is closed; the messages of a conversation one is in keep coming.
    leave_conversation: async (payload, session) => {
      const conversationIds = idsOf(payload);
      for (const conversationId of conversationIds) signals.closeView(session, conversationId);
      return edgeOk({ conversationIds });
    },

    typing_start: async ({ conversationId }, session) => {
      const feed = await feedOfMember(feeds, session, conversationId);
      if (feed === undefined) return noSuchConversation();
      signals.typing.start(session, feed);
      return edgeOk({});
    },

    typing_stop: async ({ conversationId }, session) => {
      const feed = await feedOfMember(feeds, session, conversationId);
      if (feed === undefined) return noSuchConversation();
      signals.typing.stop(session, conversationId);
      return edgeOk({});
    },

    presence_subscribe: async ({ userIds }, session) =>
      edgeOk({ people: await signals.watched.subscribe(session, userIds) }),

    presence_update: async ({ status }, session) => {
      signals.leases.turned(session, status === 'away');
      return edgeOk({});
    },
  };
}

/** Only who came into it a moment ago has to be looked for. */
async function feedOfMember(
  feeds: Feeds,
  session: ClientSession,
  conversationId: ConversationId,
): Promise<ConversationFeed | undefined> {
  const feed = feeds.find(conversationId);
  const isIn = session.conversations.has(conversationId) && feed?.isMember(session.identity.userId) === true;
  return isIn ? feed : feeds.join(session, conversationId);
}

function noSuchConversation() {
  return edgeError('NOT_FOUND', 'There is no such conversation.');
}

function idsOf(payload: {
  readonly conversationId?: ConversationId | undefined;
  readonly conversationIds?: ConversationId[] | undefined;
}) {
  return payload.conversationIds ?? (payload.conversationId ? [payload.conversationId] : []);
}

import {
  type ClientEvents,
  type ConversationId,
  type ConversationView,
  getConversation,
  timestampOf,
} from '@parley/contracts';
import type { z } from 'zod';

import type { ChangeCommands } from '../commands/change-commands.ts';
import type { ChatCommands } from '../commands/chat-commands.ts';
import type { ConversationCommands } from '../commands/conversation-commands.ts';
import type { ReceiptCommands } from '../commands/receipt-commands.ts';
import type { Feeds } from '../policies/feeds.ts';
import type { QueryBus } from '../queries/query-bus.ts';
import type { Signals } from '../signals.ts';
import type { Authenticator } from './authenticate.ts';
import { changeHandlers } from './change-handlers.ts';
import type { ClientSession } from './client-session.ts';
import { edgeError, edgeOk, type EdgeResult, edgeResultOf } from './edge-error.ts';
import { signalHandlers } from './signal-handlers.ts';
import type { SocketHandlers } from './socket-contract.ts';
import { syncHandlers } from './sync-handlers.ts';
import type { SyncByToken } from './sync-by-token.ts';

export interface SocketPorts {
  readonly chat: ChatCommands;
  readonly changes: ChangeCommands;
  readonly conversations: ConversationCommands;
  readonly receipts: ReceiptCommands;
  readonly queries: QueryBus;
  readonly feeds: Feeds;
  readonly signals: Signals;
  readonly sync: SyncByToken;
  readonly authenticator: Authenticator;
}

/** What each client event does. An event of the contract without a row does not compile. */
export function socketHandlers(ports: SocketPorts): SocketHandlers {
  const { chat, changes, conversations, receipts, queries, authenticator } = ports;

  return {
    send_message: async (payload, session, correlationId) => {
      let notice: NodeJS.Timeout | undefined;
      const onStored = (clientMessageId: string) => {
        notice = setTimeout(() => session.emit('message_received', { clientMessageId }), STORED_NOTICE_MS);
      };
      const result = await chat.send(payload, { identity: session.identity, correlationId, onStored });
      clearTimeout(notice);
      return result;
    },

    ...changeHandlers(changes),

    mark_as_read: (payload, session, correlationId) =>
      receipts.markRead(payload, { identity: session.identity, correlationId }),

    message_read: (payload, session, correlationId) =>
      receipts.markRead(payload, { identity: session.identity, correlationId }),

    message_delivered: (payload, session, correlationId) =>
      receipts.markDelivered(payload, { identity: session.identity, correlationId }),

    read_receipts_batch: (payload, session, correlationId) =>
      receipts.markAll(payload, { identity: session.identity, correlationId }),

    ...signalHandlers(ports),

    create_conversation: async (payload, session, correlationId) => {
      const acting = { identity: session.identity, correlationId, idempotencyKey: payload.idempotencyKey };
      const started =
        payload.kind === 'direct'
          ? await conversations.startDirect(payload.recipientId, acting)
          : await conversations.startGroup(groupOf(payload), acting);
      if (!started.ok) return started;
      return conversationView(queries, session, { ...started, correlationId });
    },

    ...syncHandlers(ports),

    refresh_token: async ({ token }, session) => {
      const identity = await authenticator.authenticate(token);
      if (typeof identity === 'string') return edgeError(identity, 'The token is not good.');
      if (identity.sessionId !== session.identity.sessionId) {
        return edgeError('FORBIDDEN', 'The token is of another session.');
      }
      session.identity = identity;
      session.isTokenExpiryTold = false;
      return edgeOk({ expiresAt: timestampOf(identity.expiresAtMs) });
    },
  };
}

/** After this long without an outcome, a stored command's sender is told that it is at least stored. */
const STORED_NOTICE_MS = 1_000;

/** A conversation that was just written, as its person sees it. */
export async function conversationView(
  queries: QueryBus,
  session: Pick<ClientSession, 'identity'>,
  written: {
    readonly data: { readonly conversationId: ConversationId };
    readonly position?: string | undefined;
    readonly correlationId: string;
  },
): Promise<EdgeResult<ConversationView>> {
  const { userId } = session.identity;
  const asking = {
    actorId: userId,
    minPosition: written.position,
    correlationId: written.correlationId,
  };
  const asked = { userId, conversationId: written.data.conversationId };
  return edgeResultOf(await queries.ask(getConversation, asked, asking));
}

type StartGroup = Extract<z.output<ClientEvents['create_conversation']['payload']>, { kind: 'group' }>;

function groupOf({ kind: _kind, idempotencyKey: _key, ...group }: StartGroup) {
  return group;
}

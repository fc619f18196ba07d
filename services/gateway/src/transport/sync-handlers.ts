import type { SyncedByCursors, SyncPage, SyncRequest } from '@parley/contracts';

import type { Feeds } from '../policies/feeds.ts';
import type { QueryBus } from '../queries/query-bus.ts';
import type { ClientSession } from './client-session.ts';
import { edgeError, type EdgeResult } from './edge-error.ts';
import type { SocketHandlers } from './socket-contract.ts';
import { syncConversations } from './sync-by-cursors.ts';
import type { SyncByToken } from './sync-by-token.ts';

/** How many messages of each conversation an answer to cursors has unless the asker says. */
const CURSOR_LIMIT_DEFAULT = 100;

interface Ports {
  readonly queries: QueryBus;
  readonly feeds: Feeds;
  readonly sync: SyncByToken;
}

/** What a device missed, under both names of the question. */
export function syncHandlers(ports: Ports): Pick<SocketHandlers, 'sync_request' | 'device_connect'> {
  return {
    sync_request: (payload, session, correlationId) => synced(ports, session, { ...payload, correlationId }),

    device_connect: async ({ deviceId, ...payload }, session, correlationId) => {
      if (deviceId !== undefined && deviceId !== session.identity.deviceId) return otherDevice();
      return synced(ports, session, { ...payload, correlationId });
    },
  };
}

/** A session is one device's; what another one has come to is not its business. */
export function otherDevice() {
  return edgeError('FORBIDDEN', 'The session is of another device.');
}

async function synced(
  ports: Ports,
  session: ClientSession,
  asked: SyncRequest & { readonly correlationId: string },
): Promise<EdgeResult<SyncPage | SyncedByCursors>> {
  const { cursors, token, limit, ownPosition, correlationId } = asked;
  if (cursors !== undefined) {
    const perConversation = limit ?? CURSOR_LIMIT_DEFAULT;
    return syncConversations(ports, session, { cursors, ownPosition, limit: perConversation, correlationId });
  }
  return ports.sync.page({ userId: session.identity.userId, token, limit, correlationId });
}

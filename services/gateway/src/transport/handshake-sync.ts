import { randomUUID } from 'node:crypto';

import type { SyncPage } from '@parley/contracts';

import type { ClientSession } from './client-session.ts';
import type { SyncByToken } from './sync-by-token.ts';

/** A page waits so long for a reader to take the one before it; one that does not is cut off, as any slow reader is. */
const READER_WAIT_MS_MAX = 30_000;
const READER_LOOK_EVERY_MS = 5;
/** A read model that is behind is asked again so often. */
const BEHIND_COUNT_MAX = 10;

/**
 * Tells a device that came with a token what it missed, page by page, and then lets live events go on that were held
 * since before it listened: what it was told of with the pages is not said again.
 */
export async function syncAtHandshake(
  sync: SyncByToken,
  session: ClientSession,
  given: string,
): Promise<void> {
  const { userId } = session.identity;
  const toldUpTo = new Map<string, number>();
  let token = given;
  let behindCount = 0;
  let isComplete = true;
  session.flush();
  for (let hasMore = true; hasMore && session.socket.connected;) {
    const page = await sync.page({ userId, token, correlationId: randomUUID() });
    if (!page.ok) {
      behindCount += 1;
      if (page.error.code === 'READ_MODEL_BEHIND' && behindCount < BEHIND_COUNT_MAX) continue;
      // Live events do without the read models; the rest is the device's to ask for again.
      session.say('resync_required', { reason: 'GAP' });
      isComplete = false;
      break;
    }
    tell(session, page.data);
    for (const { conversationId, upToSeq } of page.data.messages) toldUpTo.set(conversationId, upToSeq);
    ({ token, hasMore } = page.data);
    if (!(await hasTaken(session))) {
      session.cutOff();
      return;
    }
  }
  if (isComplete) session.say('sync_complete', { token, removed: [], hasMore: false });
  // Live events are written past the library: what it still holds comes before them.
  await hasTaken(session);
  release(session, toldUpTo);
}

function release(session: ClientSession, toldUpTo: ReadonlyMap<string, number>): void {
  if (!session.release(toldUpTo)) session.close('resync_required', { reason: 'GAP' });
}

/** What a page says, as events: each conversation before its messages. */
export function tell(session: Pick<ClientSession, 'say'>, page: SyncPage): void {
  const { conversations, removed, positions, hidden, settings, resyncRequired } = page;
  if (resyncRequired !== null) session.say('resync_required', { reason: resyncRequired });
  session.say('sync_conversations', { conversations, removed, positions, hidden, settings });
  for (const missed of page.messages) session.say('sync_messages', missed);
}

async function hasTaken({ socket }: ClientSession): Promise<boolean> {
  const until = performance.now() + READER_WAIT_MS_MAX;
  // What the library has not handed to the transport yet.
  const unwritten = socket.conn as unknown as { readonly writeBuffer: readonly unknown[] };
  while (socket.connected && unwritten.writeBuffer.length > 0) {
    if (performance.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, READER_LOOK_EVERY_MS));
  }
  return true;
}

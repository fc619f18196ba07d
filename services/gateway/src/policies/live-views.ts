import { type ConversationId, JOIN_CONVERSATION_COUNT_MAX } from '@parley/contracts';

import type { ClientSession } from '../transport/client-session.ts';

/** How many live views one socket has open; opening one more closes the one that was opened first. */
export const LIVE_VIEW_COUNT_MAX = JOIN_CONVERSATION_COUNT_MAX;

/** Which conversations each socket looks at: who is there and who is writing is said to nobody else. */
export class LiveViews {
  readonly #bySession = new Map<ClientSession, Set<ConversationId>>();

  /** The one that was opened last comes last. */
  of(session: ClientSession): ReadonlySet<ConversationId> {
    return this.#bySession.get(session) ?? new Set();
  }

  isOpen(session: ClientSession, conversationId: ConversationId): boolean {
    return this.#bySession.get(session)?.has(conversationId) === true;
  }

  open(session: ClientSession, conversationId: ConversationId): void {
    const views = this.#bySession.get(session) ?? new Set();
    views.delete(conversationId);
    views.add(conversationId);
    const [first] = views;
    if (views.size > LIVE_VIEW_COUNT_MAX && first !== undefined) views.delete(first);
    this.#bySession.set(session, views);
  }

  close(session: ClientSession, conversationId: ConversationId): void {
    this.#bySession.get(session)?.delete(conversationId);
  }

  drop(session: ClientSession): void {
    this.#bySession.delete(session);
  }
}

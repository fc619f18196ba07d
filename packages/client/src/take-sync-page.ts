import type { ConversationView as ListedConversation, MissedConversation, SyncPage } from '@parley/contracts';

import type { Conversation } from './conversation.ts';
import type { ConversationState } from './conversation-state.ts';
import type { Applied } from './conversation-view.ts';

/** So many missed numbers are still asked for one by one, so that what is on the screen stays; with more it starts over. */
const FILLED_COUNT_MAX = 1_000;

/** What a page does to the conversations of one person. */
export interface SyncPageTaker {
  readonly get: (conversationId: string) => Conversation | undefined;
  /** Adds it, complete up to a number where that is told, or takes over what is newer. */
  readonly take: (listed: ListedConversation, startAt?: number) => Conversation;
  readonly touch: (conversationId: string, change: (state: ConversationState) => boolean) => void;
  readonly remove: (conversationId: string) => void;
}

/** Puts everything that a page says into its place. */
export function takeSyncPage(page: SyncPage, to: SyncPageTaker): void {
  for (const { conversationId } of page.removed) to.remove(conversationId);
  const views = new Map(page.conversations.map((listed) => [listed.conversationId, listed]));
  for (const missed of page.messages) {
    takeMissed(missed, views.get(missed.conversationId), to);
    views.delete(missed.conversationId);
  }
  for (const listed of views.values()) to.take(listed);
  for (const { conversationId, reads, deliveries } of page.positions) {
    to.touch(conversationId, (state) => {
      const moved = [
        ...reads.map(({ userId, upToSeq }) => state.takeRead(userId, upToSeq)),
        ...deliveries.map(({ userId, upToSeq }) => state.takeDelivered(userId, upToSeq)),
      ];
      return moved.includes(true);
    });
  }
  for (const { conversationId, messageId } of page.hidden) {
    to.touch(conversationId, (state) => state.hide(messageId));
  }
}

/** The messages first: the view beside them is not older, so it says nothing that they do not explain. */
function takeMissed(
  missed: MissedConversation,
  listed: ListedConversation | undefined,
  to: SyncPageTaker,
): void {
  const startAt = missed.isSnapshot ? undefined : missed.afterSeq;
  const conversation = to.get(missed.conversationId) ?? (listed && to.take(listed, startAt));
  if (conversation === undefined) return;
  const { state } = conversation;
  const applied = missed.isSnapshot ? takeSnapshot(state, missed) : state.takeSynced(missed, missed.afterSeq);
  if (listed !== undefined) state.takeListed(listed);
  // The view has the members' number and the first of them; only a screen asks for more.
  conversation.changed({ ...applied, membersMissed: applied.membersMissed && conversation.isOpen });
}

/**
 * A snapshot that reaches down to all that is here says everything that was missed. Beside what is here it leaves a gap,
 * which is asked for by its numbers, so that everything is told; only after too long an absence a device starts over.
 */
function takeSnapshot(state: ConversationState, { messages, upToSeq }: MissedConversation): Applied {
  const { cursor, floor } = state.view;
  const first = messages[0]?.seq ?? upToSeq;
  if (first <= Math.min(cursor + 1, floor)) {
    const isNew = ({ seq }: { readonly seq: number }) => seq > cursor;
    const changed = messages.filter((message) => !isNew(message));
    return state.takeSynced({ messages: messages.filter(isNew), changed, upToSeq }, cursor);
  }
  if (upToSeq - cursor > FILLED_COUNT_MAX) return state.takeNewest(messages, first <= 1, upToSeq);
  state.view.expect(upToSeq);
  return { events: [], membersMissed: false };
}

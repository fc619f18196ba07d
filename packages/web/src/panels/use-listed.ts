import { useCallback } from 'react';

import { useDesk } from '../conversation/conversation-desk.ts';
import { useLoaded } from '../state/hooks.ts';
import { chat } from '../state/session.ts';
import { isSystem } from '../timeline/timeline-rows.ts';

/** What a group says of itself beside its messages, asked again when a line tells that it has changed. */
export function useListed() {
  const { conversation, snapshot } = useDesk();
  const { conversationId } = conversation;
  const told = snapshot.messages.findLast(isSystem)?.key;
  const load = useCallback(
    () => chat.api.call('getConversation', { params: { id: conversationId } }),
    [conversationId, told],
  );
  return useLoaded(load);
}

import { useEffect, useState } from 'react';

import type { TimelineRow } from '../timeline/timeline-rows.ts';
import { useDesk } from './conversation-desk.ts';
import type { MessageVirtualizer } from './message-list.tsx';

/** What has been in view of somebody who looks is read. */
export function useReading(virtualizer: MessageVirtualizer, rows: readonly TimelineRow[]): void {
  const { conversation } = useDesk();
  const isLooking = useIsLooking();
  const lastInView = virtualizer.range?.endIndex ?? -1;
  const row = rows.slice(0, lastInView + 1).findLast(({ kind }) => kind === 'message');
  const seq = row?.kind === 'message' ? row.message.seq : undefined;
  useEffect(() => {
    if (isLooking && seq !== undefined) conversation.markRead(seq);
  }, [conversation, isLooking, seq]);
}

function useIsLooking(): boolean {
  const [isLooking, setIsLooking] = useState(looks);
  useEffect(() => {
    const look = () => setIsLooking(looks());
    document.addEventListener('visibilitychange', look);
    addEventListener('focus', look);
    addEventListener('blur', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      removeEventListener('focus', look);
      removeEventListener('blur', look);
    };
  }, []);
  return isLooking;
}

function looks(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}

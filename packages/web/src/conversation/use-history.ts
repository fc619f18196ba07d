import { useEffect, useRef, useState } from 'react';

import { attempt } from '../state/notices.ts';
import type { TimelineRow } from '../timeline/timeline-rows.ts';
import { useDesk } from './conversation-desk.ts';
import type { MessageVirtualizer } from './message-list.tsx';

/** How close to its beginning the list asks for what is older. */
const NEAR_START_COUNT = 12;
/** A jump goes back at most this many pages: as far as the client keeps a conversation. */
const JUMP_PAGE_COUNT_MAX = 40;
const FLASH_MS = 1_600;

interface HistoryParts {
  readonly virtualizer: MessageVirtualizer;
  readonly rows: readonly TimelineRow[];
  /** Told when the list goes where a jump leads. */
  readonly moved: () => void;
  /** Which message to bring into view. */
  readonly seq?: number;
}

/** Loads what is older when it is near, and everything up to a message that is jumped to. */
export function useHistory({ virtualizer, rows, moved, seq }: HistoryParts) {
  const { conversation, snapshot } = useDesk();
  const [isLoading, setIsLoading] = useState(false);
  const [target, setTarget] = useState<number>();
  const [flashed, setFlashed] = useState<number>();
  const first = virtualizer.getVirtualItems()[0]?.index ?? NEAR_START_COUNT;
  const isNearStart = first < NEAR_START_COUNT && snapshot.hasOlder;
  const isAsking = useRef(false);

  useEffect(() => {
    if (!isNearStart || isAsking.current) return;
    isAsking.current = true;
    setIsLoading(true);
    void attempt(() => conversation.loadOlder()).finally(() => {
      isAsking.current = false;
      setIsLoading(false);
    });
  }, [conversation, isNearStart, rows]);

  useEffect(() => {
    if (seq === undefined) return;
    void attempt(async () => {
      for (let pages = 0; pages < JUMP_PAGE_COUNT_MAX; pages += 1) {
        const oldest =
          conversation.getSnapshot().messages.find((message) => message.seq !== undefined)?.seq ?? 0;
        if (oldest <= seq || !(await conversation.loadOlder())) break;
      }
      setTarget(seq);
    });
  }, [conversation, seq]);

  useEffect(() => {
    if (target === undefined) return undefined;
    const index = rows.findIndex((row) => 'message' in row && (row.message.seq ?? 0) >= target);
    if (index === -1) return undefined;
    moved();
    virtualizer.scrollToIndex(index, { align: 'center' });
    setTarget(undefined);
    setFlashed(target);
    return undefined;
  }, [target, rows, virtualizer, moved]);

  useEffect(() => {
    if (flashed === undefined) return undefined;
    const timer = setTimeout(() => setFlashed(undefined), FLASH_MS);
    return () => clearTimeout(timer);
  }, [flashed]);

  return { isLoading, flashed };
}

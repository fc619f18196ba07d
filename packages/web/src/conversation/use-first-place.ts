import { useEffect, useLayoutEffect, useMemo, useRef } from 'react';

import type { TimelineRow } from '../timeline/timeline-rows.ts';
import type { MessageVirtualizer } from './message-list.tsx';

/**
 * Where one begins: at what is new, else at the end. Heights are guesses until rows are drawn, so it is taken up anew
 * with each that becomes known, until the person moves the list: what this gives is told when they do.
 */
export function useFirstPlace(virtualizer: MessageVirtualizer, rows: readonly TimelineRow[], seq?: number) {
  const hasMoved = useRef(false);
  const wantsEnd = useRef(false);
  const height = virtualizer.getTotalSize();
  const viewHeight = virtualizer.scrollRect?.height ?? 0;
  useLayoutEffect(() => {
    if (hasMoved.current || rows.length === 0 || viewHeight === 0) return;
    const newIndex = rows.findIndex(({ kind }) => kind === 'new');
    const newAt = newIndex === -1 ? height : (virtualizer.measurementsCache[newIndex]?.start ?? height);
    wantsEnd.current = seq !== undefined || height - newAt <= viewHeight;
    if (wantsEnd.current) virtualizer.scrollToEnd();
    else virtualizer.scrollToIndex(newIndex, { align: 'start' });
  }, [virtualizer, rows, height, viewHeight, seq]);
  const isDrawn = viewHeight > 0;
  useEffect(() => {
    const scroller = virtualizer.scrollElement;
    const content = scroller?.firstElementChild;
    if (!isDrawn || scroller === null || !content) return undefined;
    // What grows after the last guess was corrected is seen here and nowhere else.
    const observer = new ResizeObserver(() => {
      if (!hasMoved.current && wantsEnd.current) scroller.scrollTop = scroller.scrollHeight;
    });
    observer.observe(content);
    return () => observer.disconnect();
  }, [virtualizer, isDrawn]);
  return useMemo(() => {
    const moved = () => {
      hasMoved.current = true;
    };
    const handlers = { onWheel: moved, onTouchStart: moved, onPointerDown: moved, onKeyDownCapture: moved };
    return { moved, handlers };
  }, []);
}

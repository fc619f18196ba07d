import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';

import { type TimelineRow, timelineRows } from '../timeline/timeline-rows.ts';
import { useWords } from '../words/words.ts';
import { useDesk } from './conversation-desk.ts';
import { RowView } from './row-view.tsx';
import { ToNewest } from './to-newest.tsx';
import { useFirstPlace } from './use-first-place.ts';
import { useHistory } from './use-history.ts';
import { useReading } from './use-reading.ts';

const OVERSCAN_COUNT = 10;
const AT_END_PX = 120;
const heights: { readonly [Kind in TimelineRow['kind']]: number } = {
  day: 48,
  new: 40,
  system: 34,
  message: 64,
};

export type MessageVirtualizer = Virtualizer<HTMLDivElement, HTMLDivElement>;

/** The history: only what is in view is in the page. It keeps its place whatever comes above and below. */
export function MessageList({ seq }: { readonly seq?: number }) {
  const words = useWords();
  const { snapshot, myId } = useDesk();
  const { messages, unreadCount, readPositions } = snapshot;
  // As it was when the person came in: the line stays while they read.
  const [newAfter] = useState(() => (unreadCount > 0 ? (readPositions.get(myId) ?? 0) : undefined));
  const rows = useMemo(() => timelineRows(messages, newAfter), [messages, newAfter]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer: MessageVirtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => rows[index]?.key ?? index,
    estimateSize: (index) => heights[rows[index]?.kind ?? 'message'],
    overscan: OVERSCAN_COUNT,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: AT_END_PX,
    paddingStart: 16,
    paddingEnd: 12,
  });
  const { moved, handlers } = useFirstPlace(virtualizer, rows, seq);
  const { isLoading, flashed } = useHistory({
    virtualizer,
    rows,
    moved,
    ...(seq === undefined ? {} : { seq }),
  });
  const toEnd = () => {
    moved();
    virtualizer.scrollToEnd();
  };
  useOwnAtEnd(rows, toEnd);
  const isAtEnd = virtualizer.isAtEnd(AT_END_PX);
  useReading(virtualizer, rows);
  return (
    <div className="relative flex min-h-0 grow flex-col">
      {isLoading && (
        <p className="absolute inset-x-0 top-2 z-10 text-center text-[13px] text-soft">
          {words.loadingOlder}
        </p>
      )}
      <div
        ref={scroller}
        role="region"
        aria-label={words.messageList}
        tabIndex={0}
        onKeyDown={moveBetweenMessages}
        {...handlers}
        className="scroll-thin min-h-0 grow overflow-x-hidden overflow-y-auto [overflow-anchor:none] outline-offset-[-2px]"
      >
        <div className="relative mx-auto w-full max-w-4xl" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, key, start }) => {
            const row = rows[index];
            return row === undefined ? null : (
              <div
                key={key}
                ref={virtualizer.measureElement}
                data-index={index}
                className="absolute inset-x-0 top-0 px-3 sm:px-5"
                style={{ transform: `translateY(${start}px)` }}
              >
                <RowView row={row} isFlashed={row.kind === 'message' && row.message.seq === flashed} />
              </div>
            );
          })}
        </div>
      </div>
      {!isAtEnd && <ToNewest onGo={toEnd} />}
    </div>
  );
}

/** Whoever says something sees it, wherever they were. */
function useOwnAtEnd(rows: readonly TimelineRow[], toEnd: () => void) {
  const last = rows.at(-1);
  const key = last?.kind === 'message' && last.message.status === 'sending' ? last.key : undefined;
  const go = useRef(toEnd);
  go.current = toEnd;
  useEffect(() => {
    if (key !== undefined) go.current();
  }, [key]);
}

/** Arrows go from message to message. */
function moveBetweenMessages(event: KeyboardEvent<HTMLDivElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const isTyping =
    (event.target as HTMLElement).closest('input, textarea, [role=menu], [role=dialog]') !== null;
  if (step === undefined || isTyping) return;
  const messages = [...event.currentTarget.querySelectorAll<HTMLElement>('article')].toSorted(
    (one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top,
  );
  const at = messages.findIndex((message) => message.contains(document.activeElement));
  event.preventDefault();
  const next = at === -1 ? messages.at(-1) : messages[at + step];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: 'nearest' });
}

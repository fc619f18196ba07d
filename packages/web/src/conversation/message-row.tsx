import type { ChatMessage } from '@parley/client';
import { type KeyboardEvent, type MouseEvent, useState } from 'react';

import { Avatar } from '../parts/avatar.tsx';
import type { MenuSpot } from '../parts/menu.tsx';
import { blocked } from '../state/blocked.ts';
import { useCell } from '../state/cell.ts';
import { nameOf } from '../state/session.ts';
import type { TimelineRow } from '../timeline/timeline-rows.ts';
import { previewOf } from '../words/preview-text.ts';
import { clockTime } from '../words/times.ts';
import { useWords } from '../words/words.ts';
import { Bubble } from './bubble.tsx';
import { useDesk } from './conversation-desk.ts';
import { FailedLine } from './failed-line.tsx';
import { MessageMenu } from './message-menu.tsx';
import { MessageTools } from './message-tools.tsx';
import { Reactions } from './reactions.tsx';

type MessageRowProps = Omit<Extract<TimelineRow, { kind: 'message' }>, 'kind' | 'key'> & {
  readonly isFlashed: boolean;
};

/** One message, with its face, its bubble, and what can be done with it. */
export function MessageRow({ message, isFirst, isLast, isFlashed }: MessageRowProps) {
  const { snapshot } = useDesk();
  const [spot, setSpot] = useState<MenuSpot>();
  const isHidden = useIsHidden(message);
  const { isOwn, senderId } = message;
  const isGroup = snapshot.kind === 'group';
  const name = nameOf(senderId);
  const openAt = (event: MouseEvent) => {
    // Whoever has marked words wants to do something with the words.
    if (getSelection()?.isCollapsed === false) return;
    event.preventDefault();
    setSpot({ x: event.clientX, y: event.clientY });
  };
  return (
    <article
      tabIndex={-1}
      aria-label={useLabel(message)}
      onContextMenu={message.seq === undefined ? undefined : openAt}
      onKeyDown={(event) => openByKey(event, setSpot)}
      className={`group/message relative flex items-end gap-2 rounded-xl outline-offset-2 ${isFirst ? 'pt-2.5' : 'pt-0.5'} ${isOwn ? 'justify-end' : ''} ${isFlashed ? 'flash' : ''}`}
    >
      {!isOwn && isGroup && (
        <span className="w-7 shrink-0">{isLast && <Avatar name={name} id={senderId} size="small" />}</span>
      )}
      <div className={`flex max-w-[min(85%,560px)] min-w-0 flex-col ${isOwn ? 'items-end' : 'items-start'}`}>
        {!isOwn && isGroup && isFirst && (
          <span className="mb-0.5 ml-3 text-[13px] font-semibold text-soft">{name}</span>
        )}
        <div className={`flex max-w-full items-center gap-1 ${isOwn ? 'flex-row-reverse' : ''}`}>
          {isHidden.now ? (
            <HiddenBubble onShow={isHidden.show} />
          ) : (
            <Bubble message={message} isFirst={isFirst} isLast={isLast} />
          )}
          {message.seq !== undefined && !message.isDeleted && (
            <MessageTools message={message} onMore={setSpot} />
          )}
        </div>
        <Reactions message={message} />
        {message.status === 'failed' && <FailedLine message={message} />}
      </div>
      {spot && <MessageMenu message={message} spot={spot} onClose={() => setSpot(undefined)} />}
    </article>
  );
}

function useLabel(message: ChatMessage): string {
  const words = useWords();
  const who = message.isOwn ? words.you : nameOf(message.senderId);
  return `${who}, ${clockTime(message.sentAt, words)}: ${previewOf(message.content, words, nameOf)}`;
}

/** What somebody says in a group whom the person has blocked, until they want to see it. */
function useIsHidden({ senderId }: ChatMessage): { readonly now: boolean; readonly show: () => void } {
  const people = useCell(blocked);
  const [isShown, setIsShown] = useState(false);
  return { now: !isShown && people.some(({ userId }) => userId === senderId), show: () => setIsShown(true) };
}

function HiddenBubble({ onShow }: { readonly onShow: () => void }) {
  const words = useWords();
  return (
    <p className="rounded-2xl border border-dashed border-line px-3.5 py-2 text-[14px] text-soft italic">
      {words.blockedMessage}{' '}
      <button
        type="button"
        className="font-semibold text-accent-ink not-italic hover:underline"
        onClick={onShow}
      >
        {words.show}
      </button>
    </p>
  );
}

function openByKey(event: KeyboardEvent<HTMLElement>, open: (spot: MenuSpot) => void): void {
  if (event.target !== event.currentTarget) return;
  if (event.key !== 'Enter' && event.key !== 'ContextMenu') return;
  event.preventDefault();
  open(event.currentTarget.getBoundingClientRect());
}

import type { ConversationSummary } from '@parley/client';
import { AtSign, BellOff, Ellipsis, Pin } from 'lucide-react';
import { type MouseEvent, useState } from 'react';

import { Avatar } from '../parts/avatar.tsx';
import { Menu, type MenuSpot } from '../parts/menu.tsx';
import { goTo, pathOf } from '../state/place.ts';
import { chat } from '../state/session.ts';
import type { Words } from '../words/en.ts';
import { previewOf } from '../words/preview-text.ts';
import { shortTime } from '../words/times.ts';
import { useWords } from '../words/words.ts';
import { ownViewItems } from './own-view-items.ts';

interface ConversationRowProps {
  readonly summary: ConversationSummary;
  readonly myId: string;
  readonly isOpen: boolean;
}

export function ConversationRow({ summary, myId, isOpen }: ConversationRowProps) {
  const words = useWords();
  const [spot, setSpot] = useState<MenuSpot>();
  const { conversationId, title, kind, lastActivityAt } = summary;
  const place = { at: 'conversation', conversationId } as const;
  const open = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    goTo(place);
  };
  return (
    <li
      className="group/row relative [contain-intrinsic-size:auto_68px] [content-visibility:auto]"
      onContextMenu={(event) => {
        event.preventDefault();
        setSpot({ x: event.clientX, y: event.clientY });
      }}
    >
      <a
        href={pathOf(place)}
        onClick={open}
        aria-current={isOpen ? 'page' : undefined}
        className={`flex items-center gap-3 rounded-xl px-2.5 py-2.5 outline-offset-[-2px] ${isOpen ? 'bg-accent-soft' : 'hover:bg-hover'}`}
      >
        <Avatar name={title} id={conversationId} isGroup={kind === 'group'} />
        <span className="min-w-0 grow">
          <span className="flex items-baseline gap-2">
            <span className="min-w-0 grow truncate text-[15px] font-semibold">{title}</span>
            <time dateTime={lastActivityAt} className="shrink-0 text-[12px] text-soft">
              {shortTime(lastActivityAt, words)}
            </time>
          </span>
          <span className="mt-0.5 flex items-center gap-1.5">
            <Preview summary={summary} myId={myId} words={words} />
            <Badges summary={summary} words={words} />
          </span>
        </span>
      </a>
      <button
        type="button"
        aria-label={`${words.more}: ${title}`}
        aria-haspopup="menu"
        className="icon-button absolute top-3.5 right-3 !bg-raised opacity-0 shadow-float group-hover/row:opacity-100 focus-visible:opacity-100 max-md:hidden"
        onClick={(event) => setSpot(event.currentTarget.getBoundingClientRect())}
      >
        <Ellipsis size={18} />
      </button>
      {spot && (
        <Menu
          spot={spot}
          label={title}
          items={ownViewItems(summary, words)}
          onClose={() => setSpot(undefined)}
        />
      )}
    </li>
  );
}

interface PartProps {
  readonly summary: ConversationSummary;
  readonly words: Words;
}

function Preview({ summary, myId, words }: PartProps & { readonly myId: string }) {
  const { draft, lastMessage, unreadCount, kind } = summary;
  const isNew = unreadCount > 0;
  if (draft !== null && !isNew) {
    return (
      <span className="min-w-0 grow truncate text-[14px] text-soft">
        <span className="font-medium text-danger">{words.draft}: </span>
        {draft.text}
      </span>
    );
  }
  const said =
    lastMessage === undefined ? '' : previewOf(lastMessage.content, words, (id) => chat.nameOf(id));
  const speaker = speakerOf({
    isOwn: lastMessage?.senderId === myId,
    kind,
    senderId: lastMessage?.senderId,
    words,
  });
  return (
    <span className={`min-w-0 grow truncate text-[14px] ${isNew ? 'font-semibold text-ink' : 'text-soft'}`}>
      {speaker}
      {said}
    </span>
  );
}

interface Speaker {
  readonly isOwn: boolean;
  readonly kind: ConversationSummary['kind'];
  readonly senderId: string | undefined;
  readonly words: Words;
}

function speakerOf({ isOwn, kind, senderId, words }: Speaker): string {
  if (senderId === undefined) return '';
  if (isOwn) return `${words.you}: `;
  return kind === 'group' ? `${chat.nameOf(senderId)}: ` : '';
}

function Badges({ summary, words }: PartProps) {
  const { isPinned, mutedUntil, unreadCount, mentionCount, isMarkedUnread } = summary;
  const isMuted = mutedUntil !== null;
  const colour = isMuted ? 'bg-soft text-surface' : 'bg-accent text-on-accent';
  return (
    <span className="flex shrink-0 items-center gap-1 text-soft">
      {isMuted && <BellOff size={14} role="img" aria-label={words.muted} />}
      {isPinned && <Pin size={14} role="img" aria-label={words.pinnedToTop} />}
      {mentionCount > 0 && (
        <span
          className="rounded-full bg-accent p-1 text-on-accent"
          role="img"
          aria-label={words.mentions(mentionCount)}
        >
          <AtSign size={12} strokeWidth={3} aria-hidden />
        </span>
      )}
      {unreadCount > 0 && (
        <span
          role="img"
          aria-label={words.unread(unreadCount)}
          className={`min-w-5 rounded-full px-1.5 py-0.5 text-center text-[11px] font-bold ${colour}`}
        >
          {unreadCount > 99 ? '99+' : unreadCount}
        </span>
      )}
      {unreadCount === 0 && isMarkedUnread && (
        <span role="img" aria-label={words.markedUnread} className="size-3 rounded-full bg-accent" />
      )}
    </span>
  );
}

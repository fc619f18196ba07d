import { ArrowLeft, EllipsisVertical, Info, Pin, Search } from 'lucide-react';

import { ownViewItems } from '../list/own-view-items.ts';
import { Avatar } from '../parts/avatar.tsx';
import { MenuButton } from '../parts/menu.tsx';
import { goTo } from '../state/place.ts';
import { useWords } from '../words/words.ts';
import { useDesk } from './conversation-desk.ts';

export function ConversationHeader() {
  const words = useWords();
  const { snapshot, showSide } = useDesk();
  const { title, kind, memberCount, conversationId } = snapshot;
  return (
    <header className="z-10 flex items-center gap-2 border-b border-line bg-surface px-2 py-2 sm:px-4">
      <button
        type="button"
        className="icon-button md:hidden"
        aria-label={words.back}
        onClick={() => goTo({ at: 'list' })}
      >
        <ArrowLeft size={22} />
      </button>
      <button
        type="button"
        className="flex min-w-0 grow items-center gap-3 rounded-xl p-1 text-left hover:bg-hover"
        onClick={() => showSide({ shows: 'details' })}
      >
        <Avatar name={title} id={conversationId} isGroup={kind === 'group'} />
        <span className="min-w-0">
          <span className="block truncate text-[16px] font-bold">{title}</span>
          {kind === 'group' && (
            <span className="block truncate text-[13px] text-soft">{words.members(memberCount)}</span>
          )}
        </span>
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={words.searchHere}
        onClick={() => showSide({ shows: 'search' })}
      >
        <Search size={20} />
      </button>
      <button
        type="button"
        className="icon-button max-sm:hidden"
        aria-label={words.pins}
        onClick={() => showSide({ shows: 'pins' })}
      >
        <Pin size={20} />
      </button>
      <MenuButton
        icon={EllipsisVertical}
        label={words.more}
        items={[
          { label: words.details, icon: Info, onChoose: () => showSide({ shows: 'details' }) },
          { label: words.pins, icon: Pin, onChoose: () => showSide({ shows: 'pins' }) },
          ...ownViewItems(snapshot, words),
        ]}
      />
    </header>
  );
}

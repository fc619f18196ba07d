import { X } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';

import { type Side, useDesk } from '../conversation/conversation-desk.ts';
import SearchPane from '../list/search-pane.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { useWords } from '../words/words.ts';
import { DetailsPanel } from './details-panel.tsx';
import { HistoryPanel } from './history-panel.tsx';
import { InfoPanel } from './info-panel.tsx';
import { PinsPanel } from './pins-panel.tsx';
import { ThreadPanel } from './thread-panel.tsx';

/** What stands beside the messages; on a narrow screen above them. */
export default function SidePanel({ side }: { readonly side: Side }) {
  const words = useWords();
  const titles = {
    details: words.details,
    search: words.searchHere,
    pins: words.pins,
    thread: words.thread,
    info: words.info,
    history: words.history,
  };
  return (
    <Frame title={titles[side.shows]}>
      {side.shows === 'details' && <DetailsPanel />}
      {side.shows === 'search' && <ConversationSearch />}
      {side.shows === 'pins' && <PinsPanel />}
      {side.shows === 'thread' && <ThreadPanel key={side.message.key} root={side.message} />}
      {side.shows === 'info' && <InfoPanel key={side.message.key} message={side.message} />}
      {side.shows === 'history' && <HistoryPanel key={side.message.key} message={side.message} />}
    </Frame>
  );
}

function Frame({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const words = useWords();
  const { showSide } = useDesk();
  const ref = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    ref.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const close = (event: KeyboardEvent) => {
    if (event.key === 'Escape') showSide(undefined);
  };
  return (
    <aside
      ref={ref}
      tabIndex={-1}
      aria-label={title}
      onKeyDown={close}
      className="rise fixed inset-0 z-20 flex w-full flex-col border-l border-line bg-surface outline-none lg:static lg:w-[340px] lg:shrink-0"
    >
      <header className="flex items-center gap-2 border-b border-line py-3 pr-3 pl-5">
        <h2 className="grow truncate text-[16px] font-bold">{title}</h2>
        <button
          type="button"
          className="icon-button"
          aria-label={words.close}
          onClick={() => showSide(undefined)}
        >
          <X size={20} />
        </button>
      </header>
      <div className="scroll-thin flex min-h-0 grow flex-col overflow-y-auto">{children}</div>
    </aside>
  );
}

function ConversationSearch() {
  const words = useWords();
  const { conversation } = useDesk();
  const [text, setText] = useState('');
  return (
    <>
      <div className="p-4 pb-1">
        <SearchField label={words.searchHere} text={text} onText={setText} />
      </div>
      {text.trim() !== '' && (
        <SearchPane text={text} conversationId={conversation.conversationId} onDone={() => setText('')} />
      )}
    </>
  );
}

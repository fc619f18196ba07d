import { Search, Settings, SquarePen, WifiOff, X } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';

import { Spinner } from '../parts/spinner.tsx';
import { useChat } from '../state/hooks.ts';
import { useWords } from '../words/words.ts';
import { ConversationList } from './conversation-list.tsx';
import { type Filter, filters } from './filters.ts';

const SearchPane = lazy(() => import('./search-pane.tsx'));
const NewChat = lazy(() => import('../dialogs/new-chat.tsx'));
const SettingsDialog = lazy(() => import('../dialogs/settings-dialog.tsx'));

type Opened = 'new-chat' | 'settings';

/** Everything one can talk in, and the ways to find and to begin. */
export function Sidebar() {
  const words = useWords();
  const [text, setText] = useState('');
  const [filter, setFilter] = useState<Filter>('all');
  const [opened, setOpened] = useState<Opened>();
  const isSearching = text.trim() !== '';
  return (
    <nav aria-label={words.chats} className="flex w-full min-w-0 flex-col border-r border-line bg-surface">
      <header className="flex items-center gap-1 px-4 pt-3 pb-2">
        <h1 className="grow text-2xl font-bold tracking-tight">{words.chats}</h1>
        <button
          type="button"
          className="icon-button"
          aria-label={words.settings}
          onClick={() => setOpened('settings')}
        >
          <Settings size={20} />
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label={words.newChat}
          onClick={() => setOpened('new-chat')}
        >
          <SquarePen size={20} />
        </button>
      </header>
      <ConnectionLine />
      <SearchField text={text} onText={setText} />
      {isSearching ? (
        <Suspense fallback={<Spinner />}>
          <SearchPane text={text} onDone={() => setText('')} />
        </Suspense>
      ) : (
        <>
          <Filters filter={filter} onFilter={setFilter} />
          <ConversationList filter={filter} />
        </>
      )}
      <Suspense>
        {opened === 'new-chat' && <NewChat onClose={() => setOpened(undefined)} />}
        {opened === 'settings' && <SettingsDialog onClose={() => setOpened(undefined)} />}
      </Suspense>
    </nav>
  );
}

interface SearchFieldProps {
  readonly text: string;
  readonly onText: (text: string) => void;
}

function SearchField({ text, onText }: SearchFieldProps) {
  const words = useWords();
  return (
    <div role="search" className="relative px-4 pb-2">
      <Search aria-hidden size={17} className="absolute top-3 left-7 text-soft" />
      <input
        id="search"
        value={text}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && onText('')}
        aria-label={words.searchAll}
        placeholder={words.searchAll}
        className="h-10 w-full rounded-full bg-hover pr-9 pl-9 text-[15px] outline-none placeholder:text-soft focus:ring-2 focus:ring-accent"
      />
      {text !== '' && (
        <button
          type="button"
          aria-label={words.clearSearch}
          className="absolute top-2 right-6 rounded-full p-1 text-soft hover:text-ink"
          onClick={() => onText('')}
        >
          <X size={16} />
        </button>
      )}
    </div>
  );
}

interface FiltersProps {
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
}

function Filters({ filter, onFilter }: FiltersProps) {
  const words = useWords();
  return (
    <div role="group" aria-label={words.filterBy} className="flex gap-1.5 overflow-x-auto px-4 pb-2">
      {filters.map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={filter === name}
          onClick={() => onFilter(name)}
          className={`shrink-0 rounded-full px-3 py-1.5 text-[13px] font-semibold transition-colors ${
            filter === name ? 'bg-accent-soft text-accent-ink' : 'text-soft hover:bg-hover hover:text-ink'
          }`}
        >
          {words.filters[name]}
        </button>
      ))}
    </div>
  );
}

/** Only while there is something to say. */
function ConnectionLine() {
  const words = useWords();
  const { connection } = useChat();
  if (connection === 'connected') return null;
  return (
    <p role="status" className="mx-4 mb-2 flex items-center gap-2 rounded-xl bg-hover px-3 py-2 text-[13px]">
      <WifiOff size={15} aria-hidden className="shrink-0 text-soft" />
      {navigator.onLine ? words.connecting : words.offline}
    </p>
  );
}

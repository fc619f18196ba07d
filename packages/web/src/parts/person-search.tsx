import type { PersonView } from '@parley/contracts';
import { Check } from 'lucide-react';
import { useCallback, useState } from 'react';

import { useChat, useLoaded, useSettled } from '../state/hooks.ts';
import { chat } from '../state/session.ts';
import { useWords } from '../words/words.ts';
import { Avatar } from './avatar.tsx';
import { SearchField } from './search-field.tsx';

const TYPING_WAIT_MS = 200;

interface PersonSearchProps {
  readonly chosen: readonly string[];
  readonly onToggle: (person: PersonView) => void;
  /** Who is not offered. */
  readonly without?: ReadonlySet<string>;
}

/** Finds people by the start of a name, and chooses among them. */
export function PersonSearch({ chosen, onToggle, without }: PersonSearchProps) {
  const words = useWords();
  const { userId: myId } = useChat();
  const [text, setText] = useState('');
  const settled = useSettled(text.trim(), TYPING_WAIT_MS);
  const find = useCallback(
    () => (settled === '' ? Promise.resolve([]) : chat.findPeople(settled)),
    [settled],
  );
  const { value: found = [] } = useLoaded(find);
  const offered = found.filter(({ userId }) => userId !== myId && !without?.has(userId));
  return (
    <div className="flex flex-col gap-2">
      <SearchField label={words.searchPeople} text={text} onText={setText} />
      <ul className="min-h-40">
        {offered.map((person) => {
          const isChosen = chosen.includes(person.userId);
          return (
            <li key={person.userId}>
              <button
                type="button"
                aria-pressed={isChosen}
                className="menu-item !py-2"
                onClick={() => onToggle(person)}
              >
                <Avatar name={person.displayName} id={person.userId} />
                <span className="min-w-0 grow">
                  <span className="block truncate font-semibold">{person.displayName}</span>
                  <span className="block truncate text-[13px] text-soft">@{person.username}</span>
                </span>
                {isChosen && <Check size={20} className="text-accent" aria-hidden />}
              </button>
            </li>
          );
        })}
      </ul>
      {settled !== '' && offered.length === 0 && <p className="text-center text-soft">{words.noMatches}</p>}
    </div>
  );
}

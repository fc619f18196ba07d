import type { PersonView } from '@parley/contracts';
import { X } from 'lucide-react';
import { useState } from 'react';

import { Modal } from '../parts/modal.tsx';
import { PersonSearch } from '../parts/person-search.tsx';
import { attempt } from '../state/notices.ts';
import { goTo } from '../state/place.ts';
import { chat } from '../state/session.ts';
import { useWords } from '../words/words.ts';

/** One person makes a direct chat, several make a group. */
export default function NewChat({ onClose }: { readonly onClose: () => void }) {
  const words = useWords();
  const [people, setPeople] = useState<readonly PersonView[]>([]);
  const [isGroup, setIsGroup] = useState(false);
  const [name, setName] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const toggle = (person: PersonView) => {
    if (!isGroup) return void start([person]);
    const isIn = people.some(({ userId }) => userId === person.userId);
    setPeople(isIn ? people.filter(({ userId }) => userId !== person.userId) : [...people, person]);
    return undefined;
  };
  const start = async (chosen: readonly PersonView[]) => {
    setIsBusy(true);
    const isDone = await attempt(async () => {
      const memberIds = chosen.map(({ userId }) => userId);
      const { conversationId } = isGroup
        ? await chat.startGroup({ name: name.trim(), memberIds })
        : await chat.startDirect(memberIds[0] ?? '');
      goTo({ at: 'conversation', conversationId });
    });
    setIsBusy(false);
    if (isDone) onClose();
  };
  return (
    <Modal title={isGroup ? words.newGroup : words.newChat} onClose={onClose}>
      <div className="flex flex-col gap-3 pt-1">
        {isGroup ? (
          <input
            className="field"
            aria-label={words.groupName}
            placeholder={words.groupName}
            maxLength={100}
            autoFocus
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        ) : (
          <button type="button" className="button-plain" onClick={() => setIsGroup(true)}>
            {words.newGroup}
          </button>
        )}
        <Chosen people={people} onRemove={toggle} />
        <PersonSearch chosen={people.map(({ userId }) => userId)} onToggle={toggle} />
        {isGroup && (
          <button
            type="button"
            className="button-main"
            disabled={isBusy || name.trim() === '' || people.length === 0}
            onClick={() => void start(people)}
          >
            {words.create}
          </button>
        )}
      </div>
    </Modal>
  );
}

interface ChosenProps {
  readonly people: readonly PersonView[];
  readonly onRemove: (person: PersonView) => void;
}

function Chosen({ people, onRemove }: ChosenProps) {
  if (people.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-1.5">
      {people.map((person) => (
        <li key={person.userId}>
          <button
            type="button"
            className="flex items-center gap-1 rounded-full bg-accent-soft py-1 pr-2 pl-3 text-[13px] font-semibold text-accent-ink"
            onClick={() => onRemove(person)}
          >
            {person.displayName}
            <X size={14} aria-hidden />
          </button>
        </li>
      ))}
    </ul>
  );
}

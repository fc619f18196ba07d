import { useState } from 'react';

import { useDesk } from '../conversation/conversation-desk.ts';
import { Modal } from '../parts/modal.tsx';
import { PersonSearch } from '../parts/person-search.tsx';
import { attempt } from '../state/notices.ts';
import { useWords } from '../words/words.ts';

export default function AddPeople({ onClose }: { readonly onClose: () => void }) {
  const words = useWords();
  const { conversation, snapshot } = useDesk();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const add = async () => {
    if (await attempt(() => conversation.group.addMembers(chosen))) onClose();
  };
  return (
    <Modal title={words.addPeople} onClose={onClose}>
      <div className="flex flex-col gap-3 pt-1">
        <PersonSearch
          chosen={chosen}
          without={new Set(snapshot.members?.keys())}
          onToggle={({ userId }) =>
            setChosen((ids) => (ids.includes(userId) ? ids.filter((id) => id !== userId) : [...ids, userId]))
          }
        />
        <button
          type="button"
          className="button-main"
          disabled={chosen.length === 0}
          onClick={() => void add()}
        >
          {words.add}
        </button>
      </div>
    </Modal>
  );
}

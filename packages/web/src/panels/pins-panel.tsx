import { useCallback } from 'react';

import { useDesk } from '../conversation/conversation-desk.ts';
import { Spinner } from '../parts/spinner.tsx';
import { useLoaded } from '../state/hooks.ts';
import { useWords } from '../words/words.ts';
import { LineOfMessage } from './line-of-message.tsx';

/** What is pinned, the latest pin first; each leads to its place. */
export function PinsPanel() {
  const words = useWords();
  const { conversation, snapshot, jumpTo } = useDesk();
  const pinnedHere = snapshot.messages.filter(({ isPinned }) => isPinned).map(({ key }) => key);
  // Asked again when a pin comes or goes.
  const state = pinnedHere.join();
  const load = useCallback(() => conversation.pins(), [conversation, state]);
  const { value: pins } = useLoaded(load);
  if (pins === undefined) return <Spinner />;
  if (pins.length === 0) return <p className="p-6 text-center text-soft">{words.noPins}</p>;
  return (
    <ul className="p-2">
      {pins.map(({ message }) => (
        <li key={message.messageId}>
          <LineOfMessage message={message} onOpen={() => jumpTo(message.seq)} />
        </li>
      ))}
    </ul>
  );
}

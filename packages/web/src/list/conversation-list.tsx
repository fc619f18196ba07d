import { type KeyboardEvent, memo } from 'react';

import { useChat } from '../state/hooks.ts';
import { usePlace } from '../state/place.ts';
import { useWords } from '../words/words.ts';
import { ConversationRow } from './conversation-row.tsx';
import { conversationsShown, type Filter } from './filters.ts';

/** The conversations of one sort; arrows go from one to the next. */
export const ConversationList = memo(function ConversationList({ filter }: { readonly filter: Filter }) {
  const words = useWords();
  const place = usePlace();
  const { conversations, userId = '', connection } = useChat();
  const shown = conversationsShown(conversations, filter);
  const openId = place.at === 'conversation' ? place.conversationId : undefined;
  if (shown.length === 0) {
    if (connection !== 'connected') return <div className="grow" />;
    return (
      <div className="flex grow flex-col items-center justify-center gap-1 p-6 text-center text-soft">
        <p className="font-semibold text-ink">{filter === 'all' ? words.noChats : words.nothingHere}</p>
        {filter === 'all' && <p className="text-[14px]">{words.noChatsHint}</p>}
      </div>
    );
  }
  return (
    <ul className="scroll-thin min-h-0 grow overflow-y-auto px-2 pb-4" onKeyDown={moveBetweenRows}>
      {shown.map((summary) => (
        <ConversationRow
          key={summary.conversationId}
          summary={summary}
          myId={userId}
          isOpen={summary.conversationId === openId}
        />
      ))}
    </ul>
  );
});

function moveBetweenRows(event: KeyboardEvent<HTMLUListElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('a')];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  if (at === -1) return;
  event.preventDefault();
  rows[at + step]?.focus();
}

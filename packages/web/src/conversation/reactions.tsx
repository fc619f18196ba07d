import type { ChatMessage } from '@parley/client';

import { attempt } from '../state/notices.ts';
import { useWords } from '../words/words.ts';
import { useDesk } from './conversation-desk.ts';

/** What people have put on a message; the own ones stand out, and a click puts one or takes it away. */
export function Reactions({ message }: { readonly message: ChatMessage }) {
  const words = useWords();
  const { conversation } = useDesk();
  if (message.reactions.length === 0) return null;
  return (
    <div className="z-[1] -mt-1.5 flex flex-wrap gap-1 px-2">
      {message.reactions.map(({ emoji, count, own }) => (
        <button
          key={emoji}
          type="button"
          aria-pressed={own}
          aria-label={words.reacted(emoji, count)}
          onClick={() => void attempt(() => conversation.react(message, emoji))}
          className={`flex items-center gap-1 rounded-full border-2 border-canvas px-2 py-0.5 text-[13px] ${own ? 'bg-accent-soft text-accent-ink' : 'bg-raised text-soft'}`}
        >
          <span aria-hidden>{emoji}</span>
          {count > 1 && <span className="text-[12px] font-semibold">{count}</span>}
        </button>
      ))}
    </div>
  );
}

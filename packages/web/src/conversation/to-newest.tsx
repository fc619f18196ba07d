import { ChevronDown } from 'lucide-react';

import { useWords } from '../words/words.ts';
import { useDesk } from './conversation-desk.ts';

export function ToNewest({ onGo }: { readonly onGo: () => void }) {
  const words = useWords();
  const { unreadCount } = useDesk().snapshot;
  return (
    <button
      type="button"
      aria-label={words.toNewest}
      onClick={onGo}
      className="rise absolute right-4 bottom-4 flex size-11 items-center justify-center rounded-full bg-raised text-ink shadow-float hover:bg-hover"
    >
      <ChevronDown size={22} aria-hidden />
      {unreadCount > 0 && (
        <span className="absolute -top-2 min-w-5 rounded-full bg-accent px-1.5 py-0.5 text-center text-[11px] font-bold text-on-accent">
          {unreadCount}
        </span>
      )}
    </button>
  );
}

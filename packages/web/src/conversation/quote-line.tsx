import type { Quote } from '@parley/contracts';

import { chat } from '../state/session.ts';
import { useWords } from '../words/words.ts';
import { useDesk } from './conversation-desk.ts';

/** What a message answers; it leads there. */
export function QuoteLine({ quote, isOwn }: { readonly quote: Quote; readonly isOwn: boolean }) {
  const words = useWords();
  const { jumpTo, myId } = useDesk();
  const { senderId, preview, seq } = quote;
  const who = senderId === myId ? words.you : chat.nameOf(senderId);
  const said = preview === null ? words.deleted : preview.text || kindWord(preview.type, words);
  return (
    <button
      type="button"
      onClick={() => jumpTo(seq)}
      className={`mb-1 block w-full max-w-full rounded-xl border-l-[3px] px-2.5 py-1 text-left text-[13px] ${isOwn ? 'border-on-own bg-white/15' : 'border-accent bg-accent-soft'}`}
    >
      <span className="block truncate font-semibold">{who}</span>
      <span
        className={`line-clamp-2 break-words ${isOwn ? 'text-own-soft' : 'text-soft'} ${preview === null ? 'italic' : ''}`}
      >
        {said}
      </span>
    </button>
  );
}

function kindWord(type: string, words: ReturnType<typeof useWords>): string {
  const word = Object.hasOwn(words, type) ? words[type as 'sticker'] : '';
  return typeof word === 'string' ? word : '';
}

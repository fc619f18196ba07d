import type { StickerId } from '@parley/contracts';
import { stickerPacks } from '@parley/contracts';
import { useState } from 'react';

import { SearchField } from '../parts/search-field.tsx';
import { useWords } from '../words/words.ts';
import EmojiPicker from './emoji-picker.tsx';
import { folded } from './mention-query.ts';

interface ComposerPickerProps {
  readonly onEmoji: (emoji: string) => void;
  readonly onSticker: (stickerId: StickerId) => void;
}

const tabs = ['emoji', 'stickers'] as const;

/** Emojis into the words, and stickers instead of them. */
export default function ComposerPicker({ onEmoji, onSticker }: ComposerPickerProps) {
  const words = useWords();
  const [tab, setTab] = useState<(typeof tabs)[number]>('emoji');
  return (
    <div>
      <div role="group" className="flex gap-1 p-1.5 pb-0">
        {tabs.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={tab === name}
            className={`grow rounded-lg px-3 py-1.5 text-[13px] font-semibold ${tab === name ? 'bg-accent-soft text-accent-ink' : 'text-soft hover:bg-hover'}`}
            onClick={() => setTab(name)}
          >
            {words[name]}
          </button>
        ))}
      </div>
      {tab === 'emoji' ? <EmojiPicker onPick={onEmoji} /> : <StickerPicker onPick={onSticker} />}
    </div>
  );
}

function StickerPicker({ onPick }: { readonly onPick: (stickerId: StickerId) => void }) {
  const words = useWords();
  const [text, setText] = useState('');
  const wanted = folded(text.trim());
  const shown = stickerPacks
    .flatMap(({ stickers }) => stickers)
    .filter(({ name, tags }) => [name, ...tags].some((tag) => folded(tag).includes(wanted)));
  return (
    <div className="flex h-80 w-80 flex-col gap-2 p-1.5">
      <SearchField label={words.searchStickers} text={text} onText={setText} isSmall takesFocus={false} />
      <div className="scroll-thin grid min-h-0 grow auto-rows-min grid-cols-3 gap-1 overflow-y-auto">
        {shown.map(({ stickerId, name, picture }) => (
          <button
            key={stickerId}
            type="button"
            aria-label={`${words.sticker}: ${name}`}
            className="rounded-xl p-1.5 hover:bg-hover"
            onClick={() => onPick(stickerId)}
          >
            <img src={picture} alt="" width={88} height={88} loading="lazy" className="w-full" />
          </button>
        ))}
        {shown.length === 0 && <p className="col-span-3 p-4 text-soft">{words.noMatches}</p>}
      </div>
    </div>
  );
}

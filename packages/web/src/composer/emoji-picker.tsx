import { useCallback, useMemo, useState } from 'react';

import { SearchField } from '../parts/search-field.tsx';
import { useLoaded } from '../state/hooks.ts';
import { preferences } from '../state/preferences.ts';
import { useWords } from '../words/words.ts';
import { folded } from './mention-query.ts';

interface Emoji {
  readonly unicode: string;
  readonly label: string;
  readonly tags?: readonly string[];
  readonly group?: number;
}

const SHOWN_COUNT_MAX = 400;
/** Letters of flags and shades of skin: parts, and no emojis of their own. */
const COMPONENTS = 2;

const data = {
  en: () => import('emojibase-data/en/compact.json'),
  vi: () => import('emojibase-data/vi/compact.json'),
} as const;

/** All emojis, found by what they are called in the language of the person. */
export default function EmojiPicker({ onPick }: { readonly onPick: (emoji: string) => void }) {
  const words = useWords();
  const [text, setText] = useState('');
  const load = useCallback(
    async () => (await data[preferences.get().language]()).default as readonly Emoji[],
    [],
  );
  const { value: all = [] } = useLoaded(load);
  const shown = useMemo(() => matching(all, text), [all, text]);
  return (
    <div className="flex h-80 w-80 flex-col gap-2 p-1.5">
      <SearchField label={words.searchEmoji} text={text} onText={setText} isSmall />
      <div className="scroll-thin grid min-h-0 grow auto-rows-min grid-cols-8 overflow-y-auto">
        {shown.map(({ unicode, label }) => (
          <button
            key={unicode}
            type="button"
            aria-label={label}
            title={label}
            className="flex size-9 items-center justify-center rounded-lg text-[22px] leading-none hover:bg-hover"
            onClick={() => onPick(unicode)}
          >
            {unicode}
          </button>
        ))}
        {all.length > 0 && shown.length === 0 && (
          <p className="col-span-8 p-4 text-soft">{words.noMatches}</p>
        )}
      </div>
    </div>
  );
}

function matching(all: readonly Emoji[], text: string): readonly Emoji[] {
  const wanted = folded(text.trim());
  return all
    .filter(({ group }) => group !== undefined && group !== COMPONENTS)
    .filter(
      ({ label, tags = [] }) =>
        wanted === '' || [label, ...tags].some((name) => folded(name).includes(wanted)),
    )
    .slice(0, SHOWN_COUNT_MAX);
}

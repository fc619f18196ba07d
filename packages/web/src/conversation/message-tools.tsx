import type { ChatMessage } from '@parley/client';
import { Ellipsis, Reply, SmilePlus } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';

import { type MenuSpot, Popover } from '../parts/menu.tsx';
import { attempt } from '../state/notices.ts';
import { useWords } from '../words/words.ts';
import { useDesk } from './conversation-desk.ts';

const EmojiPicker = lazy(() => import('../composer/emoji-picker.tsx'));

interface MessageToolsProps {
  readonly message: ChatMessage;
  readonly onMore: (spot: MenuSpot) => void;
}

/** Beside the bubble under the pointer: what is done most. Everything is in the menu, which keys open too. */
export function MessageTools({ message, onMore }: MessageToolsProps) {
  const words = useWords();
  const { conversation, aimAt } = useDesk();
  const [spot, setSpot] = useState<MenuSpot>();
  const shown = spot === undefined ? 'opacity-0' : 'opacity-100';
  return (
    <div
      className={`flex shrink-0 group-focus-within/message:opacity-100 group-hover/message:opacity-100 max-sm:hidden ${shown}`}
    >
      <button
        type="button"
        tabIndex={-1}
        className="icon-button !size-8"
        aria-label={words.react}
        onClick={(event) => setSpot(event.currentTarget.getBoundingClientRect())}
      >
        <SmilePlus size={17} />
      </button>
      <button
        type="button"
        tabIndex={-1}
        className="icon-button !size-8"
        aria-label={words.reply}
        onClick={() => aimAt({ is: 'reply', message })}
      >
        <Reply size={17} />
      </button>
      <button
        type="button"
        tabIndex={-1}
        className="icon-button !size-8"
        aria-label={words.actions}
        aria-haspopup="menu"
        onClick={(event) => onMore(event.currentTarget.getBoundingClientRect())}
      >
        <Ellipsis size={17} />
      </button>
      {spot && (
        <Popover spot={spot} label={words.react} role="dialog" onClose={() => setSpot(undefined)}>
          <Suspense fallback={<div className="h-80 w-80" />}>
            <EmojiPicker
              onPick={(emoji) => {
                setSpot(undefined);
                void attempt(() => conversation.react(message, emoji));
              }}
            />
          </Suspense>
        </Popover>
      )}
    </div>
  );
}

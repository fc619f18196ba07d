import type { ChatMessage } from '@parley/client';
import { useState } from 'react';

import { Confirm, type Question } from '../parts/confirm.tsx';
import { Menu, type MenuSpot } from '../parts/menu.tsx';
import { attempt } from '../state/notices.ts';
import { useWords } from '../words/words.ts';
import { useDesk } from './conversation-desk.ts';
import { messageItems } from './message-items.ts';

const QUICK = ['👍', '❤️', '😂', '😮', '😢', '🙏'] as const;

interface MessageMenuProps {
  readonly message: ChatMessage;
  readonly spot: MenuSpot;
  readonly onClose: () => void;
}

/** Everything that can be done with a message. */
export function MessageMenu({ message, spot, onClose }: MessageMenuProps) {
  const words = useWords();
  const desk = useDesk();
  const [question, setQuestion] = useState<Question>();
  if (question) return <Confirm {...question} onClose={onClose} />;
  return (
    <Menu
      spot={spot}
      label={words.actions}
      items={messageItems({ message, desk, words, ask: setQuestion, done: onClose })}
      // Each of the items says itself when it is done: one of them asks first.
      onClose={() => undefined}
      onLeave={onClose}
    >
      {!message.isDeleted && (
        <div className="mb-1 flex justify-between border-b border-line pb-1">
          {QUICK.map((emoji) => (
            <button
              key={emoji}
              type="button"
              role="menuitem"
              aria-label={`${words.react} ${emoji}`}
              className="rounded-full p-1.5 text-[22px] leading-none transition-transform hover:scale-125"
              onClick={() => {
                onClose();
                void attempt(() => desk.conversation.react(message, emoji));
              }}
            >
              {emoji}
            </button>
          ))}
        </div>
      )}
    </Menu>
  );
}

import { useState } from 'react';

import { nameOf } from '../state/session.ts';
import { previewOf } from '../words/preview-text.ts';
import { useWords } from '../words/words.ts';
import { useDesk } from './conversation-desk.ts';

/** Tells screen readers what comes while the conversation is open. The list itself draws only what is in view. */
export function NewMessageVoice() {
  const words = useWords();
  const { messages } = useDesk().snapshot;
  const last = messages.at(-1);
  const [first] = useState(last?.key);
  const isNews = last !== undefined && last.key !== first && !last.isOwn;
  return (
    <p aria-live="polite" className="sr-only">
      {isNews && `${nameOf(last.senderId)}: ${previewOf(last.content, words, nameOf)}`}
    </p>
  );
}

import type { ChatMessage } from '@parley/client';
import { CircleAlert } from 'lucide-react';

import { chat } from '../state/session.ts';
import { errorText } from '../words/error-text.ts';
import { useWords } from '../words/words.ts';

/** Why a message was not sent, and the two ways on. */
export function FailedLine({ message: { key, error } }: { readonly message: ChatMessage }) {
  const words = useWords();
  return (
    <p role="alert" className="mt-1 flex flex-wrap items-center gap-x-2 text-[13px] text-danger">
      <CircleAlert size={14} aria-hidden />
      {words.failed}. {errorText(error, words)}
      <button type="button" className="font-semibold underline" onClick={() => chat.retry(key)}>
        {words.retry}
      </button>
      <button type="button" className="font-semibold underline" onClick={() => chat.discard(key)}>
        {words.discard}
      </button>
    </p>
  );
}

import type { ChatMessage } from '@parley/client';
import type { MessageView } from '@parley/contracts';
import { SendHorizontal } from 'lucide-react';
import { type FormEvent, useCallback, useState } from 'react';

import { useDesk } from '../conversation/conversation-desk.ts';
import { Spinner } from '../parts/spinner.tsx';
import { useLoaded } from '../state/hooks.ts';
import { attempt } from '../state/notices.ts';
import { useWords } from '../words/words.ts';
import { LineOfMessage } from './line-of-message.tsx';

const PAGE_SIZE = 50;

/** A message and what answers it, which goes on while one looks. */
export function ThreadPanel({ root }: { readonly root: ChatMessage }) {
  const { jumpTo } = useDesk();
  const { answers, isLoaded, loadMore } = useAnswers(root);
  const words = useWords();
  return (
    <>
      <div className="min-h-0 grow overflow-y-auto p-2">
        <LineOfMessage message={root as never} onOpen={() => jumpTo(root.seq ?? 0)} />
        <hr className="mx-3 my-2 border-line" />
        {!isLoaded && <Spinner />}
        <ol>
          {answers.map((answer) => (
            <li key={answer.key}>
              <LineOfMessage message={answer as never} />
            </li>
          ))}
        </ol>
        {loadMore && (
          <button type="button" className="button-plain mx-auto !flex" onClick={loadMore}>
            {words.loadMore}
          </button>
        )}
      </div>
      <AnswerField root={root} />
    </>
  );
}

type Answer = Pick<ChatMessage, 'key' | 'senderId' | 'sentAt' | 'content'>;

/** The pages that were loaded, and over them what this device knows better: it is live. */
function useAnswers(root: ChatMessage) {
  const { conversation, snapshot } = useDesk();
  const [more, setMore] = useState<readonly MessageView[]>([]);
  const [next, setNext] = useState<string | null>();
  const load = useCallback(() => conversation.replies(root, { limit: PAGE_SIZE }), [conversation, root]);
  const { value } = useLoaded(load);
  const cursor = next === undefined ? value?.page.nextCursor : next;
  const loaded = [...(value?.data ?? []), ...more];
  const live = snapshot.messages.filter(({ replyTo }) => replyTo?.messageId === root.messageId);
  const answers = new Map<string, Answer>(
    loaded.map((one) => [one.clientMessageId, { ...one, key: one.clientMessageId }]),
  );
  for (const message of live) answers.set(message.key, message);
  const loadMore = () =>
    void attempt(async () => {
      if (!cursor) return;
      const page = await conversation.replies(root, { limit: PAGE_SIZE, cursor });
      setMore((known) => [...known, ...page.data]);
      setNext(page.page.nextCursor);
    });
  return {
    answers: [...answers.values()].toSorted((one, other) => (one.sentAt < other.sentAt ? -1 : 1)),
    isLoaded: value !== undefined,
    loadMore: cursor ? loadMore : undefined,
  };
}

function AnswerField({ root }: { readonly root: ChatMessage }) {
  const words = useWords();
  const { conversation } = useDesk();
  const [text, setText] = useState('');
  const answer = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === '') return;
    conversation.reply(root, text.trim());
    setText('');
  };
  return (
    <form className="flex gap-2 border-t border-line p-3" onSubmit={answer}>
      <input
        className="field"
        aria-label={words.reply}
        placeholder={words.reply}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <button type="submit" className="icon-button !size-11 text-accent" aria-label={words.send}>
        <SendHorizontal size={20} />
      </button>
    </form>
  );
}

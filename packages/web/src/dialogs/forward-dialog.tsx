import type { ChatMessage } from '@parley/client';
import { Check, Forward } from 'lucide-react';
import { useState } from 'react';

import { useDesk } from '../conversation/conversation-desk.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Modal } from '../parts/modal.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { useChat } from '../state/hooks.ts';
import { attempt } from '../state/notices.ts';
import { chat } from '../state/session.ts';
import { folded } from '../composer/mention-query.ts';
import { useWords } from '../words/words.ts';

interface ForwardDialogProps {
  readonly message: ChatMessage;
  readonly onClose: () => void;
}

/** Says a message again, in as many conversations as are chosen one after the other. */
export default function ForwardDialog({ message, onClose }: ForwardDialogProps) {
  const words = useWords();
  const { conversation } = useDesk();
  const { conversations } = useChat();
  const [text, setText] = useState('');
  const [done, setDone] = useState<ReadonlySet<string>>(new Set());
  const shown = conversations.filter(({ title }) => folded(title).includes(folded(text.trim())));
  const forward = (conversationId: string) =>
    attempt(async () => {
      const to = chat.conversation(conversationId);
      if (to === undefined) return;
      conversation.forward(message, to);
      setDone((known) => new Set([...known, conversationId]));
    });
  return (
    <Modal title={words.forwardTo} onClose={onClose}>
      <SearchField label={words.searchAll} text={text} onText={setText} />
      <ul className="pt-2">
        {shown.map(({ conversationId, title, kind }) => (
          <li key={conversationId} className="flex items-center gap-3 py-1.5">
            <Avatar name={title} id={conversationId} isGroup={kind === 'group'} />
            <span className="min-w-0 grow truncate text-[15px] font-semibold">{title}</span>
            <button
              type="button"
              className="button-plain !px-3 !py-1.5 !text-[13px]"
              disabled={done.has(conversationId)}
              aria-label={`${words.forwardTo} ${title}`}
              onClick={() => void forward(conversationId)}
            >
              {done.has(conversationId) ? <Check size={16} aria-hidden /> : <Forward size={16} aria-hidden />}
              {done.has(conversationId) ? words.sent : words.send}
            </button>
          </li>
        ))}
      </ul>
    </Modal>
  );
}

import type { ChatMessage } from '@parley/client';

import { useDesk } from '../conversation/conversation-desk.ts';
import { Avatar } from '../parts/avatar.tsx';
import { chat } from '../state/session.ts';
import { useWords } from '../words/words.ts';
import { LineOfMessage } from './line-of-message.tsx';

/** Who has read a message, and to whom it has come; both move while one looks. */
export function InfoPanel({ message }: { readonly message: ChatMessage }) {
  const words = useWords();
  const { snapshot } = useDesk();
  const { readPositions, deliveredPositions, members } = snapshot;
  const seq = message.seq ?? Number.POSITIVE_INFINITY;
  const others = [...(members?.keys() ?? [])].filter((userId) => userId !== message.senderId);
  const read = others.filter((userId) => (readPositions.get(userId) ?? 0) >= seq);
  const delivered = others.filter(
    (userId) => !read.includes(userId) && (deliveredPositions.get(userId) ?? 0) >= seq,
  );
  return (
    <div className="p-2">
      <LineOfMessage message={message as never} />
      <PersonList title={words.readBy} userIds={read} />
      <PersonList title={words.deliveredTo} userIds={delivered} />
    </div>
  );
}

function PersonList({ title, userIds }: { readonly title: string; readonly userIds: readonly string[] }) {
  const words = useWords();
  return (
    <section aria-label={title}>
      <h3 className="px-3 pt-4 pb-1 text-[13px] font-semibold text-soft">{title}</h3>
      <ul>
        {userIds.map((userId) => (
          <li key={userId} className="flex items-center gap-3 px-3 py-1.5 text-[15px]">
            <Avatar name={chat.nameOf(userId)} id={userId} size="small" />
            {chat.nameOf(userId)}
          </li>
        ))}
      </ul>
      {userIds.length === 0 && <p className="px-3 py-1 text-[14px] text-soft">{words.nobodyYet}</p>}
    </section>
  );
}

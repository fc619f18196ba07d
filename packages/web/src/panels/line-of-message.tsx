import type { MessageView } from '@parley/contracts';

import { Avatar } from '../parts/avatar.tsx';
import { nameOf } from '../state/session.ts';
import { previewOf } from '../words/preview-text.ts';
import { fullTime } from '../words/times.ts';
import { useWords } from '../words/words.ts';

type Told = Pick<MessageView, 'senderId' | 'sentAt' | 'content'>;

interface LineOfMessageProps {
  readonly message: Told;
  readonly onOpen?: () => void;
}

/** A message outside of its conversation: who, when and what. */
export function LineOfMessage({ message: { senderId, sentAt, content }, onOpen }: LineOfMessageProps) {
  const words = useWords();
  const inside = (
    <>
      <Avatar name={nameOf(senderId)} id={senderId} size="small" />
      <span className="min-w-0 grow">
        <span className="flex items-baseline gap-2">
          <span className="truncate text-[14px] font-semibold">{nameOf(senderId)}</span>
          <time dateTime={sentAt} className="shrink-0 text-[12px] text-soft">
            {fullTime(sentAt, words)}
          </time>
        </span>
        <span className="block text-[14px] break-words whitespace-pre-wrap">
          {previewOf(content, words, nameOf)}
        </span>
      </span>
    </>
  );
  const looks = 'flex w-full items-start gap-3 rounded-xl px-3 py-2 text-left';
  if (onOpen === undefined) return <div className={looks}>{inside}</div>;
  return (
    <button type="button" className={`${looks} hover:bg-hover`} onClick={onOpen}>
      {inside}
    </button>
  );
}

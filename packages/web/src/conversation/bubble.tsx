import type { ChatMessage } from '@parley/client';
import { Ban, Forward } from 'lucide-react';

import { chat } from '../state/session.ts';
import { isOnlyEmojis } from '../timeline/rich-text.ts';
import { clockTime } from '../words/times.ts';
import { useWords } from '../words/words.ts';
import { MessageBody } from './message-body.tsx';
import { QuoteLine } from './quote-line.tsx';
import { Tick } from './tick.tsx';

interface BubbleProps {
  readonly message: ChatMessage;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** What was said, in its own shape: a bubble, or bare where it is a picture of itself. */
export function Bubble({ message, isFirst, isLast }: BubbleProps) {
  const words = useWords();
  const { isOwn, isDeleted, content, replyTo, forwardedFrom } = message;
  if (isDeleted) return <DeletedBubble message={message} />;
  const isBare =
    replyTo === undefined &&
    (content?.type === 'sticker' || (content?.type === 'text' && isOnlyEmojis(content.text)));
  const shape = shapeOf({ isOwn, isFirst, isLast });
  const colours = isOwn ? 'bg-own text-on-own' : 'bg-other text-ink shadow-[0_1px_1px_rgb(15_18_32/0.06)]';
  return (
    <div className={isBare ? 'relative' : `max-w-full min-w-0 px-3.5 py-2 ${shape} ${colours}`}>
      {forwardedFrom && (
        <p className={`mb-0.5 flex items-center gap-1 text-[12px] ${isOwn ? 'text-own-soft' : 'text-soft'}`}>
          <Forward size={13} aria-hidden />
          {words.forwarded(chat.nameOf(forwardedFrom.senderId))}
        </p>
      )}
      {replyTo && <QuoteLine quote={replyTo} isOwn={isOwn} />}
      <MessageBody message={message} isBare={isBare} />
      <Footer message={message} isBare={isBare} />
    </div>
  );
}

function Footer({ message, isBare }: { readonly message: ChatMessage; readonly isBare: boolean }) {
  const words = useWords();
  const { isOwn, isEdited, sentAt } = message;
  const colour = isBare || !isOwn ? 'text-soft' : 'text-own-soft';
  return (
    <span
      className={`float-right mt-1 ml-2.5 flex h-4 items-center gap-1 text-[11px] leading-none ${colour}`}
    >
      {isEdited && <span>{words.edited}</span>}
      <time dateTime={sentAt}>{clockTime(sentAt, words)}</time>
      {isOwn && <Tick status={message.status} />}
    </span>
  );
}

function DeletedBubble({ message: { isOwn } }: { readonly message: ChatMessage }) {
  const words = useWords();
  return (
    <p
      className={`flex items-center gap-2 rounded-2xl border border-line px-3.5 py-2 text-[14px] text-soft italic ${isOwn ? 'rounded-br-md' : 'rounded-bl-md'}`}
    >
      <Ban size={15} aria-hidden />
      {words.deleted}
    </p>
  );
}

/** Those that stand together make one figure. */
function shapeOf({
  isOwn,
  isFirst,
  isLast,
}: Omit<BubbleProps, 'message'> & { readonly isOwn: boolean }): string {
  const inner = isOwn
    ? `${isFirst ? '' : 'rounded-tr-md'} ${isLast ? 'rounded-br-sm' : 'rounded-br-md'}`
    : `${isFirst ? '' : 'rounded-tl-md'} ${isLast ? 'rounded-bl-sm' : 'rounded-bl-md'}`;
  return `rounded-[20px] ${inner}`;
}

import { type SearchHit, searchableParts } from '@parley/contracts';
import type { MouseEvent } from 'react';

import { Avatar } from '../parts/avatar.tsx';
import { goTo, pathOf } from '../state/place.ts';
import { chat } from '../state/session.ts';
import { shortTime } from '../words/times.ts';
import { useWords } from '../words/words.ts';
import { highlighted } from './highlighted.ts';

/** A message that was found, with what was looked for marked in it; it leads to its place. */
export function SearchHitRow({ hit: { message, highlights } }: { readonly hit: SearchHit }) {
  const words = useWords();
  const { conversationId, seq, senderId, sentAt, content } = message;
  const place = { at: 'conversation', conversationId, seq } as const;
  const summary = chat.conversations().find((one) => one.conversationId === conversationId);
  const parts = content === null ? [] : searchableParts(content);
  const found = highlights[0];
  const part =
    parts.find(({ field, attachment }) => field === found?.field && attachment === found.attachment) ??
    parts[0];
  const marks = highlights.filter(
    ({ field, attachment }) => field === part?.field && attachment === part.attachment,
  );
  const open = (event: MouseEvent) => {
    event.preventDefault();
    goTo(place);
  };
  return (
    <li>
      <a href={pathOf(place)} onClick={open} className="flex gap-3 rounded-xl px-2.5 py-2 hover:bg-hover">
        <Avatar name={summary?.title ?? ''} id={conversationId} isGroup={summary?.kind === 'group'} />
        <span className="min-w-0 grow">
          <span className="flex items-baseline gap-2">
            <span className="min-w-0 grow truncate text-[14px] font-semibold">{summary?.title}</span>
            <time dateTime={sentAt} className="shrink-0 text-[12px] text-soft">
              {shortTime(sentAt, words)}
            </time>
          </span>
          <span className="line-clamp-2 text-[14px] text-soft">
            {chat.nameOf(senderId)}:{' '}
            {highlighted(part?.text ?? '', marks).map(({ text, isFound }, index) =>
              isFound ? (
                <mark key={index} className="rounded bg-accent-soft font-semibold text-ink">
                  {text}
                </mark>
              ) : (
                text
              ),
            )}
          </span>
        </span>
      </a>
    </li>
  );
}

import type { ChatMessage } from '@parley/client';
import { memo } from 'react';

import { chat } from '../state/session.ts';
import type { TimelineRow } from '../timeline/timeline-rows.ts';
import { systemText } from '../words/system-text.ts';
import { dayText } from '../words/times.ts';
import { useWords } from '../words/words.ts';
import { useDesk } from './conversation-desk.ts';
import { MessageRow } from './message-row.tsx';

interface RowViewProps {
  readonly row: TimelineRow;
  readonly isFlashed: boolean;
}

export const RowView = memo(function RowView({ row, isFlashed }: RowViewProps) {
  const words = useWords();
  if (row.kind === 'day') {
    return (
      <div className="flex justify-center py-3">
        <span className="rounded-full bg-surface px-3 py-1 text-[12px] font-semibold text-soft">
          {dayText(row.at, words)}
        </span>
      </div>
    );
  }
  if (row.kind === 'new') {
    return (
      <div role="separator" className="flex items-center gap-3 py-2 text-[12px] font-bold text-accent-ink">
        <span className="h-px grow bg-accent opacity-40" />
        {words.newMessages}
        <span className="h-px grow bg-accent opacity-40" />
      </div>
    );
  }
  if (row.kind === 'system') return <SystemLine message={row.message} />;
  const { message, isFirst, isLast } = row;
  return <MessageRow message={message} isFirst={isFirst} isLast={isLast} isFlashed={isFlashed} />;
});

function SystemLine({ message }: { readonly message: ChatMessage }) {
  const words = useWords();
  const { myId } = useDesk();
  const { content } = message;
  if (content?.type !== 'system') return null;
  const nameOf = (userId: string) => (userId === myId ? words.you : chat.nameOf(userId));
  return (
    <p className="px-6 py-1.5 text-center text-[13px] text-balance text-soft">
      {systemText(content, words, nameOf)}
    </p>
  );
}

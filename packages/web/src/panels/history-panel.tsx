import type { ChatMessage } from '@parley/client';
import { useCallback } from 'react';

import { useDesk } from '../conversation/conversation-desk.ts';
import { Spinner } from '../parts/spinner.tsx';
import { useLoaded } from '../state/hooks.ts';
import { LineOfMessage } from './line-of-message.tsx';

/** What an edited message said, the first words first. */
export function HistoryPanel({ message }: { readonly message: ChatMessage }) {
  const { conversation } = useDesk();
  const load = useCallback(() => conversation.versions(message, { limit: 100 }), [conversation, message]);
  const { value } = useLoaded(load);
  if (value === undefined) return <Spinner />;
  return (
    <ol className="p-2">
      {value.data.map(({ content, writtenAt }) => (
        <li key={writtenAt}>
          <LineOfMessage message={{ senderId: message.senderId, sentAt: writtenAt, content } as never} />
        </li>
      ))}
    </ol>
  );
}

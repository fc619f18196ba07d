import type { ChatMessage, Conversation } from '@parley/client';
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from 'react';

import { Composer } from '../composer/composer.tsx';
import { Spinner } from '../parts/spinner.tsx';
import { useChat, useConversation } from '../state/hooks.ts';
import { attempt } from '../state/notices.ts';
import { goTo } from '../state/place.ts';
import { useWords } from '../words/words.ts';
import { type Aim, type ConversationDesk, DeskContext, type Side } from './conversation-desk.ts';
import { ConversationHeader } from './conversation-header.tsx';
import { MessageList } from './message-list.tsx';
import { NewMessageVoice } from './new-message-voice.tsx';

const SidePanel = lazy(() => import('../panels/side-panel.tsx'));
const ForwardDialog = lazy(() => import('../dialogs/forward-dialog.tsx'));

interface ConversationPageProps {
  readonly conversation: Conversation;
  /** Which message to begin at. */
  readonly seq?: number;
}

/** One conversation: what was said, and what is said next. */
export default function ConversationPage({ conversation, seq }: ConversationPageProps) {
  const snapshot = useConversation(conversation);
  const { userId: myId = '', connection } = useChat();
  const [side, showSide] = useState<Side>();
  const [aim, aimAt] = useState<Aim>();
  const [forwarded, setForwarded] = useState<ChatMessage>();
  const { conversationId } = conversation;
  const jumpTo = useCallback(
    (target: number) => goTo({ at: 'conversation', conversationId, seq: target }, { replace: true }),
    [conversationId],
  );
  const desk = useMemo<ConversationDesk>(
    () => ({ conversation, snapshot, myId, showSide, aimAt, jumpTo, forward: setForwarded }),
    [conversation, snapshot, myId, jumpTo],
  );
  useEffect(() => {
    // What was opened before the connection broke is brought up to date by the client itself.
    if (!conversation.isOpen && connection === 'connected') void attempt(() => conversation.open());
  }, [conversation, connection]);
  return (
    <DeskContext value={desk}>
      <main aria-label={snapshot.title} className="flex min-w-0 grow flex-col bg-canvas">
        <ConversationHeader />
        {snapshot.isOpen ? <MessageList {...(seq === undefined ? {} : { seq })} /> : <Opening />}
        <NewMessageVoice />
        <Composer aim={aim} />
      </main>
      <Suspense>
        {side && <SidePanel side={side} />}
        {forwarded && <ForwardDialog message={forwarded} onClose={() => setForwarded(undefined)} />}
      </Suspense>
    </DeskContext>
  );
}

function Opening() {
  const words = useWords();
  return (
    <div className="grow" aria-label={words.loading}>
      <Spinner />
    </div>
  );
}

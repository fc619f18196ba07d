import { lazy, Suspense, useEffect } from 'react';

import { Sidebar } from './list/sidebar.tsx';
import { Spinner } from './parts/spinner.tsx';
import { loadBlocked } from './state/blocked.ts';
import { useChat } from './state/hooks.ts';
import { usePlace } from './state/place.ts';
import { chat } from './state/session.ts';
import { useWords } from './words/words.ts';

const loadPage = () => import('./conversation/conversation-page.tsx');
const ConversationPage = lazy(loadPage);
const InvitePage = lazy(() => import('./panels/invite-page.tsx'));

/** The list and, beside it, what is open; on a narrow screen one of the two. */
export function Shell() {
  const place = usePlace();
  const { unreadCount } = useChat();
  useEffect(() => {
    document.title = unreadCount === 0 ? 'Parley' : `(${unreadCount}) Parley`;
  }, [unreadCount]);
  useEffect(() => {
    // Behind what is shown first.
    void loadPage();
    void loadBlocked().catch(() => undefined);
  }, []);
  const isListShown = place.at === 'list';
  return (
    <div className="flex h-full">
      <div className={`${isListShown ? 'flex' : 'hidden md:flex'} w-full shrink-0 md:w-80 lg:w-[360px]`}>
        <Sidebar />
      </div>
      <div className={`${isListShown ? 'hidden md:flex' : 'flex'} min-w-0 grow`}>
        <Suspense fallback={<Waiting />}>
          {place.at === 'list' && <Nothing />}
          {place.at === 'invite' && <InvitePage code={place.code} />}
          {place.at === 'conversation' && <Opened key={place.conversationId} {...place} />}
        </Suspense>
      </div>
    </div>
  );
}

function Opened({ conversationId, seq }: { readonly conversationId: string; readonly seq?: number }) {
  const words = useWords();
  const { connection } = useChat();
  const conversation = chat.conversation(conversationId);
  if (conversation !== undefined) {
    return <ConversationPage conversation={conversation} {...(seq === undefined ? {} : { seq })} />;
  }
  const isKnownByNow = connection === 'connected' && chat.isSettled;
  return isKnownByNow ? <main className="m-auto p-6 text-soft">{words.errors.notFound}</main> : <Waiting />;
}

function Waiting() {
  return (
    <main className="m-auto">
      <Spinner />
    </main>
  );
}

function Nothing() {
  const words = useWords();
  return (
    <main className="m-auto flex flex-col items-center gap-4 p-6 text-center text-soft">
      <img src="/chat/icon.svg" alt="" width={88} height={88} className="opacity-80" />
      <p>{words.pickChat}</p>
    </main>
  );
}

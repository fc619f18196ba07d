import { useCallback } from 'react';

import { Avatar } from '../parts/avatar.tsx';
import { Spinner } from '../parts/spinner.tsx';
import { useChat, useLoaded } from '../state/hooks.ts';
import { attempt } from '../state/notices.ts';
import { goTo } from '../state/place.ts';
import { chat } from '../state/session.ts';
import { errorText } from '../words/error-text.ts';
import { useWords } from '../words/words.ts';

/** What a link leads to, before one comes in. */
export default function InvitePage({ code }: { readonly code: string }) {
  const words = useWords();
  useChat();
  const find = useCallback(() => chat.findInvite(code as never), [code]);
  const { value: invited, error } = useLoaded(find);
  if (error !== undefined) return <main className="m-auto p-6 text-soft">{errorText(error, words)}</main>;
  if (invited === undefined) return <Spinner />;
  const { conversationId, name, description, memberCount, isMember } = invited;
  const enter = () =>
    attempt(async () => {
      if (!isMember) await chat.acceptInvite(code);
      goTo({ at: 'conversation', conversationId }, { replace: true });
    });
  return (
    <main className="m-auto flex max-w-sm flex-col items-center gap-3 rounded-3xl bg-surface p-8 text-center shadow-float">
      <p className="text-soft">{words.invitedTo}</p>
      <Avatar name={name} id={conversationId} size="large" isGroup />
      <h1 className="text-xl font-bold">{name}</h1>
      <p className="text-[14px] text-soft">{words.members(memberCount)}</p>
      {description !== null && <p className="text-[14px]">{description}</p>}
      <button type="button" className="button-main" onClick={() => void enter()}>
        {isMember ? words.openGroup : words.joinGroup}
      </button>
    </main>
  );
}

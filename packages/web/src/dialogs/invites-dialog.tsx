import { useCallback, useState } from 'react';

import { useDesk } from '../conversation/conversation-desk.ts';
import { Modal } from '../parts/modal.tsx';
import { Spinner } from '../parts/spinner.tsx';
import { useLoaded } from '../state/hooks.ts';
import { attempt, notify } from '../state/notices.ts';
import { pathOf } from '../state/place.ts';
import { chat } from '../state/session.ts';
import { fullTime } from '../words/times.ts';
import { useWords } from '../words/words.ts';

/** The links into a group: made, copied once, and ended. */
export default function InvitesDialog({ onClose }: { readonly onClose: () => void }) {
  const words = useWords();
  const { conversation } = useDesk();
  const { group } = conversation;
  const [link, setLink] = useState<string>();
  const load = useCallback(() => conversation.group.invites(), [conversation]);
  const { value: invites, reload } = useLoaded(load);
  const create = () =>
    attempt(async () => {
      const { code } = await group.createInvite();
      setLink(location.origin + pathOf({ at: 'invite', code }));
      reload();
    });
  return (
    <Modal title={words.invites} onClose={onClose}>
      <div className="flex flex-col gap-3 pt-1">
        <button type="button" className="button-main" onClick={() => void create()}>
          {words.createInvite}
        </button>
        {link !== undefined && <NewLink link={link} />}
        {invites === undefined && <Spinner />}
        <ul>
          {invites?.map(({ inviteId, createdBy, createdAt, useCount, revokedAt }) => (
            <li key={inviteId} className="flex items-center gap-3 border-b border-line py-2 text-[14px]">
              <span className="min-w-0 grow">
                <span className="block truncate font-semibold">{chat.nameOf(createdBy)}</span>
                <span className="text-[13px] text-soft">
                  {fullTime(createdAt, words)} · {words.inviteUses(useCount)}
                  {revokedAt !== null && ` · ${words.revoked}`}
                </span>
              </span>
              {revokedAt === null && (
                <button
                  type="button"
                  className="button-danger !px-3 !py-1.5 !text-[13px]"
                  onClick={() =>
                    void attempt(async () => {
                      await group.revokeInvite(inviteId);
                      reload();
                    })
                  }
                >
                  {words.revoke}
                </button>
              )}
            </li>
          ))}
        </ul>
      </div>
    </Modal>
  );
}

function NewLink({ link }: { readonly link: string }) {
  const words = useWords();
  const copy = () =>
    attempt(async () => {
      await navigator.clipboard.writeText(link);
      notify(words.copied);
    });
  return (
    <div className="rounded-xl bg-accent-soft p-3 text-[14px]">
      <p className="pb-1 font-semibold">{words.inviteOnce}</p>
      <div className="flex gap-2">
        <input className="field !py-1.5" readOnly aria-label={words.invites} value={link} />
        <button
          type="button"
          className="button-main !px-3 !py-1.5 !text-[13px] whitespace-nowrap"
          onClick={() => void copy()}
        >
          {words.copyLink}
        </button>
      </div>
    </div>
  );
}

import type { Role } from '@parley/contracts';
import { Crown, EllipsisVertical, MessageCircle, Shield, UserMinus, UserRound } from 'lucide-react';

import { useDesk } from '../conversation/conversation-desk.ts';
import { Avatar } from '../parts/avatar.tsx';
import { MenuButton, type MenuItem } from '../parts/menu.tsx';
import { attempt } from '../state/notices.ts';
import { goTo } from '../state/place.ts';
import { chat } from '../state/session.ts';
import { useWords } from '../words/words.ts';

const ranks: Readonly<Record<Role, number>> = { owner: 3, admin: 2, moderator: 1, member: 0 };
const givable = ['admin', 'moderator', 'member'] as const;

/** Who is in the group, those who look after it first. */
export function MemberList() {
  const words = useWords();
  const { snapshot, myId } = useDesk();
  const members = [...(snapshot.members ?? [])].toSorted(
    ([one, role], [other, otherRole]) =>
      ranks[otherRole] - ranks[role] || chat.nameOf(one).localeCompare(chat.nameOf(other), words.locale),
  );
  return (
    <section aria-label={words.members(members.length)} className="mt-3 border-t border-line pt-3">
      <h3 className="px-3 pb-1 text-[13px] font-semibold text-soft">{words.members(members.length)}</h3>
      <ul>
        {members.map(([userId, role]) => (
          <li key={userId} className="flex items-center gap-3 px-3 py-1.5 [content-visibility:auto]">
            <Avatar name={chat.nameOf(userId)} id={userId} size="small" />
            <span className="min-w-0 grow truncate text-[15px]">
              {chat.nameOf(userId)}
              {userId === myId && <span className="text-soft"> ({words.you})</span>}
            </span>
            {role !== 'member' && (
              <span className="rounded-full bg-accent-soft px-2 py-0.5 text-[12px] font-semibold text-accent-ink">
                {words.roles[role]}
              </span>
            )}
            <MemberMenu userId={userId} role={role} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function MemberMenu({ userId, role }: { readonly userId: string; readonly role: Role }) {
  const words = useWords();
  const { conversation, snapshot, myId } = useDesk();
  const own = snapshot.members?.get(myId);
  if (userId === myId || own === undefined) return <span className="size-9" />;
  const { group } = conversation;
  const isAbove = ranks[own] > ranks[role];
  const items = [
    item(words.writeDirect, MessageCircle, async () => {
      const { conversationId } = await chat.startDirect(userId);
      goTo({ at: 'conversation', conversationId });
    }),
    ...(isAbove && ranks[own] >= ranks.admin
      ? givable
          .filter((one) => one !== role && ranks[one] < ranks[own])
          .map((one) =>
            item(words.makeRole(one), one === 'member' ? UserRound : Shield, () =>
              group.changeRole(userId, one),
            ),
          )
      : []),
    ...(own === 'owner' ? [item(words.handOver, Crown, () => group.handOver(userId))] : []),
    ...(isAbove
      ? [{ ...item(words.removeFromGroup, UserMinus, () => group.removeMember(userId)), isDangerous: true }]
      : []),
  ];
  return <MenuButton icon={EllipsisVertical} label={`${words.more}: ${chat.nameOf(userId)}`} items={items} />;
}

function item(label: string, icon: MenuItem['icon'], act: () => Promise<unknown>): MenuItem {
  return { label, icon, onChoose: () => void attempt(act) };
}

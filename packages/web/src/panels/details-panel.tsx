import { Link, LogOut, Settings2, ShieldBan, Trash2, UserPlus } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';

import { useDesk } from '../conversation/conversation-desk.ts';
import { ownViewItems } from '../list/own-view-items.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Confirm, type Question } from '../parts/confirm.tsx';
import type { MenuItem } from '../parts/menu.tsx';
import { block, blocked, unblock } from '../state/blocked.ts';
import { useCell } from '../state/cell.ts';
import { attempt } from '../state/notices.ts';
import { goTo } from '../state/place.ts';
import { useWords } from '../words/words.ts';
import { GroupDescription } from './group-description.tsx';
import { MemberList } from './member-list.tsx';

const AddPeople = lazy(() => import('../dialogs/add-people.tsx'));
const GroupSettings = lazy(() => import('../dialogs/group-settings.tsx'));
const Invites = lazy(() => import('../dialogs/invites-dialog.tsx'));

type Opened = 'add' | 'settings' | 'invites';

/** What a conversation is, who is in it, and how the person keeps it. */
export function DetailsPanel() {
  const words = useWords();
  const { snapshot } = useDesk();
  const { title, conversationId, kind, memberCount } = snapshot;
  const [opened, setOpened] = useState<Opened>();
  const [question, setQuestion] = useState<Question>();
  const items = useItems({ open: setOpened, ask: setQuestion });
  const close = () => setOpened(undefined);
  return (
    <div className="p-3">
      <div className="flex flex-col items-center gap-2 py-4 text-center">
        <Avatar name={title} id={conversationId} size="large" isGroup={kind === 'group'} />
        <p className="text-xl font-bold break-words">{title}</p>
        {kind === 'group' && <p className="text-[14px] text-soft">{words.members(memberCount)}</p>}
        {kind === 'group' && <GroupDescription />}
      </div>
      <ul>
        {items.map(({ label, icon: Icon, isDangerous, onChoose }) => (
          <li key={label}>
            <button
              type="button"
              className={`menu-item !py-2.5 !text-[15px] ${isDangerous ? '!text-danger' : ''}`}
              onClick={onChoose}
            >
              <Icon size={19} aria-hidden />
              {label}
            </button>
          </li>
        ))}
      </ul>
      {kind === 'group' && <MemberList />}
      {question && <Confirm {...question} onClose={() => setQuestion(undefined)} />}
      <Suspense>
        {opened === 'add' && <AddPeople onClose={close} />}
        {opened === 'settings' && <GroupSettings onClose={close} />}
        {opened === 'invites' && <Invites onClose={close} />}
      </Suspense>
    </div>
  );
}

interface ItemsParts {
  readonly open: (what: Opened) => void;
  readonly ask: (question: Question) => void;
}

function useItems(parts: ItemsParts): readonly MenuItem[] {
  const words = useWords();
  const { snapshot } = useDesk();
  const own = ownViewItems(snapshot, words);
  const group = useGroupItems(parts);
  const direct = useDirectItems();
  if (snapshot.isRemoved) return own;
  return snapshot.kind === 'group' ? [...group.above, ...own, ...group.below] : [...own, ...direct];
}

function useGroupItems({ open, ask }: ItemsParts) {
  const words = useWords();
  const { conversation, snapshot, myId } = useDesk();
  const role = snapshot.members?.get(myId);
  const { group } = conversation;
  const manages = role === 'owner' || role === 'admin';
  const above = [
    item(words.addPeople, UserPlus, () => open('add')),
    item(words.invites, Link, () => open('invites')),
    ...(manages ? [item(words.groupSettings, Settings2, () => open('settings'))] : []),
  ];
  const below: MenuItem[] = [
    {
      label: words.leaveGroup,
      icon: LogOut,
      isDangerous: true,
      onChoose: () => ask({ title: words.leaveAsk, yes: words.leaveGroup, onYes: goes(() => group.leave()) }),
    },
  ];
  if (role === 'owner') {
    below.push({
      label: words.dissolve,
      icon: Trash2,
      isDangerous: true,
      onChoose: () =>
        ask({ title: words.dissolveAsk, yes: words.dissolve, onYes: goes(() => group.dissolve()) }),
    });
  }
  return { above, below };
}

function useDirectItems(): readonly MenuItem[] {
  const words = useWords();
  const { snapshot, myId } = useDesk();
  const people = useCell(blocked);
  const other = [...(snapshot.members?.keys() ?? [])].find((userId) => userId !== myId);
  if (other === undefined) return [];
  const isBlocked = people.some(({ userId }) => userId === other);
  return [
    {
      label: isBlocked ? words.unblock : words.block,
      icon: ShieldBan,
      isDangerous: !isBlocked,
      onChoose: () => void attempt(() => (isBlocked ? unblock(other) : block(other))),
    },
  ];
}

/** Does it, and goes back to the list. */
function goes(act: () => Promise<void>): () => Promise<void> {
  return async () => {
    await act();
    goTo({ at: 'list' });
  };
}

function item(label: string, icon: MenuItem['icon'], onChoose: () => void): MenuItem {
  return { label, icon, onChoose };
}

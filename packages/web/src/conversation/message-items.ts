import type { ChatMessage } from '@parley/client';
import { type Role, wordsOf } from '@parley/contracts';
import {
  Copy,
  Eye,
  EyeOff,
  Forward,
  History,
  MessagesSquare,
  Pencil,
  Pin,
  PinOff,
  Reply,
  Trash2,
} from 'lucide-react';

import type { Question } from '../parts/confirm.tsx';
import type { MenuItem } from '../parts/menu.tsx';
import { attempt, notify } from '../state/notices.ts';
import type { Words } from '../words/en.ts';
import type { ConversationDesk } from './conversation-desk.ts';

interface MessageItemsParts {
  readonly message: ChatMessage;
  readonly desk: ConversationDesk;
  readonly words: Words;
  /** Asks before something that cannot be taken back. */
  readonly ask: (question: Question) => void;
  readonly done: () => void;
}

const RIGHTS_OVER_OTHERS: ReadonlySet<Role | undefined> = new Set<Role>(['owner', 'admin', 'moderator']);

/** What this person may do with this message, as far as it is known here; the server has the last word. */
export function messageItems({ message, desk, words, ask, done }: MessageItemsParts): readonly MenuItem[] {
  const { conversation, snapshot, myId, aimAt, showSide, forward } = desk;
  const { isOwn, isDeleted, isEdited, isPinned, content } = message;
  const hasRights = snapshot.kind === 'direct' || RIGHTS_OVER_OTHERS.has(snapshot.members?.get(myId));
  const item = (label: string, icon: MenuItem['icon'], act: () => unknown): MenuItem => ({
    label,
    icon,
    onChoose: () => {
      done();
      void attempt(async () => act());
    },
  });
  const text = wordsOf(content);
  const alive = [
    item(words.reply, Reply, () => aimAt({ is: 'reply', message })),
    item(words.thread, MessagesSquare, () => showSide({ shows: 'thread', message })),
    ...(text === '' ? [] : [item(words.copy, Copy, () => copy(text, words))]),
    item(words.forward, Forward, () => forward(message)),
    ...(isOwn && content?.type === 'text'
      ? [item(words.edit, Pencil, () => aimAt({ is: 'edit', message }))]
      : []),
    ...(isEdited ? [item(words.history, History, () => showSide({ shows: 'history', message }))] : []),
    item(words.info, Eye, () => showSide({ shows: 'info', message })),
    isPinned
      ? item(words.unpin, PinOff, () => conversation.unpin(message))
      : item(words.pin, Pin, () => conversation.pin(message)),
  ];
  const deleteForAll: MenuItem = {
    label: words.deleteForAll,
    icon: Trash2,
    isDangerous: true,
    onChoose: () =>
      ask({
        title: words.deleteForAllAsk,
        yes: words.deleteForAll,
        onYes: () => conversation.deleteForEveryone(message),
      }),
  };
  return [
    ...(isDeleted ? [] : alive),
    item(words.deleteForMe, EyeOff, () => conversation.deleteForMe(message)),
    ...(!isDeleted && (isOwn || (hasRights && snapshot.kind === 'group')) ? [deleteForAll] : []),
  ];
}

async function copy(text: string, words: Words): Promise<void> {
  await navigator.clipboard.writeText(text);
  notify(words.copied);
}

import type { ChatRoom } from './chat-room.ts';
import { findConversation } from './find-conversation.ts';
import { groupCommands } from './group-commands.ts';
import { inviteCommands } from './invite-commands.ts';
import { namesIn } from './line.ts';
import { presenceText } from './live-notices.ts';
import { messageCommands } from './message-commands.ts';
import { ownViewCommands } from './own-view-commands.ts';
import { peopleCommands } from './people-commands.ts';
import { peopleIn } from './people-in.ts';
import { PlainError } from './plain-error.ts';
import { deviceCommands } from './device-commands.ts';
import { conversationLine, hitLine, plain } from './render.ts';
import { sendCommands } from './send-commands.ts';
import { unsentCommands } from './unsent-commands.ts';

export interface ChatCommand {
  readonly usage: string;
  readonly help: string;
  /** Says with what it cannot be done, by throwing a {@link PlainError}. */
  run(room: ChatRoom, words: readonly string[]): void | Promise<void>;
}

/** How many messages a search shows: about a screen. */
const HIT_COUNT_MAX = 20;

const USAGE_WIDTH = 25;

/** What can be typed with a slash in front. */
export const chatCommands: Readonly<Record<string, ChatCommand>> = {
  list: {
    usage: '/list [archived]',
    help: 'your conversations, the latest first',
    run: (room, [which]) => listConversations(room, which === 'archived'),
  },
  open: {
    usage: '/open N or name',
    help: 'open a conversation and see what was said',
    run: (room, words) => room.open(findConversation(room, words.join(' '))),
  },
  new: {
    usage: '/new @user',
    help: 'chat with one person',
    run: async (room, words) => {
      const [person] = await peopleIn(room, words);
      if (person === undefined) throw new PlainError('With whom? /new @binh');
      await room.open(await room.chat.startDirect(person.userId));
    },
  },
  group: {
    usage: '/group name @a @b',
    help: 'open a group',
    run: async (room, words) => {
      const name = namesIn(words).text;
      const people = await peopleIn(room, words);
      if (name === '') throw new PlainError('What shall it be called? /group Weekend @binh @chi');
      await room.open(await room.chat.startGroup({ name, memberIds: people.map(({ userId }) => userId) }));
    },
  },
  add: {
    usage: '/add @user',
    help: 'add people to this group',
    run: async (room, words) => {
      const people = await peopleIn(room, words);
      if (people.length === 0) throw new PlainError('Whom? /add @dung');
      await room.opened().group.addMembers(people.map(({ userId }) => userId));
      room.print(`Added ${people.map(({ displayName }) => plain(displayName)).join(', ')}.`);
    },
  },
  ...groupCommands,
  ...inviteCommands,
  leave: {
    usage: '/leave',
    help: 'leave this group',
    run: async (room) => {
      await room.opened().group.leave();
    },
  },
  older: {
    usage: '/older',
    help: 'what was said before',
    run: (room) => room.showOlder(),
  },
  search: {
    usage: '/search words',
    help: 'find what was said in any of your conversations, with accents or without',
    run: (room, words) => searchMessages(room, words.join(' ')),
  },
  who: {
    usage: '/who',
    help: 'who is in this conversation, who is there, and how far they have read',
    run: (room) => showMembers(room),
  },
  ...messageCommands,
  ...sendCommands,
  ...ownViewCommands,
  ...peopleCommands,
  ...unsentCommands,
  ...deviceCommands,
  help: {
    usage: '/help',
    help: 'this list',
    run: (room) => {
      for (const { usage, help } of Object.values(chatCommands)) {
        room.print(`  ${usage.padEnd(USAGE_WIDTH)} ${help}`);
      }
      room.print(`  ${'anything else'.padEnd(USAGE_WIDTH)} is said; start with // to say a slash`);
    },
  },
  quit: { usage: '/quit', help: 'leave the terminal', run: (room) => room.quit() },
};

function listConversations(room: ChatRoom, archived: boolean): void {
  const summaries = room.numbered(archived);
  const none = archived ? 'Nothing is archived.' : 'No conversation yet: /new @user starts one.';
  if (summaries.length === 0) room.print(none);
  const { style } = room.terminal;
  for (const [index, summary] of summaries.entries()) {
    room.print(conversationLine(summary, { number: index + 1, nameOf: room.nameOf, style }));
  }
}

async function searchMessages(room: ChatRoom, text: string): Promise<void> {
  if (text === '') throw new PlainError('For what? /search tieng viet');
  const { data, page, facets } = await room.chat.search({ q: text, limit: HIT_COUNT_MAX });
  const { style } = room.terminal;
  for (const hit of data.toReversed()) {
    const title = room.chat.conversation(hit.message.conversationId)?.getSnapshot().title ?? '';
    room.print(hitLine(hit, { title, nameOf: room.nameOf, style }));
  }
  if (data.length === 0 && !page.hasMore) room.print('Nobody said that.');
  if (page.hasMore) {
    const count = `${facets?.isExact === false ? 'at least ' : ''}${facets?.matchCount ?? data.length}`;
    room.print(style.dim(`   the first ${data.length} of ${count}; more words find fewer`));
  }
}

function showMembers(room: ChatRoom): void {
  const { members, readPositions, messages } = room.opened().getSnapshot();
  const newest = messages.findLast(({ seq }) => seq !== undefined)?.seq ?? 0;
  for (const [userId, role] of members ?? []) {
    const hasReadAll = (readPositions.get(userId) ?? 0) >= newest;
    const parts = [
      plain(room.nameOf(userId)),
      role,
      presenceText(room.chat.presence.get(userId)),
      hasReadAll ? 'has read everything' : '',
    ];
    room.print(`  ${parts.filter((part) => part !== '').join(' · ')}`);
  }
}

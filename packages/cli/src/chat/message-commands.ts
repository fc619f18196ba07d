import type { ChatCommand } from './chat-commands.ts';
import { findConversation } from './find-conversation.ts';
import { isOfOthers, isOwn, pickMessage } from './pick-message.ts';
import { PlainError } from './plain-error.ts';
import { messageLine, plain, short } from './render.ts';

/** What is done to messages. `#N` names one by its number, and otherwise the last one that fits is meant. */
export const messageCommands: Readonly<Record<string, ChatCommand>> = {
  messages: {
    usage: '/messages',
    help: 'the last messages with the numbers that the commands below take',
    run: (room) => {
      for (const [index, message] of room.numberedMessages().entries()) {
        const number = `#${index + 1}`.padStart(4);
        room.print(`${number} ${messageLine(message, room.nameOf, room.terminal.style)}`);
      }
    },
  },
  reply: {
    usage: '/reply [#N] words',
    help: 'answer a message; without a number the last one of somebody else',
    run: (room, typed) => {
      const { message, words } = pickMessage(room, typed, isOfOthers);
      if (words.length === 0) throw new PlainError('What do you answer? /reply #2 gladly');
      room.opened().reply(message, words.join(' '));
    },
  },
  thread: {
    usage: '/thread [#N]',
    help: 'the answers to a message',
    run: async (room, typed) => {
      const { message } = pickMessage(room, typed);
      const { data, page } = await room.opened().replies(message);
      if (data.length === 0) room.print(`Nobody has answered "${short(message.text)}" yet.`);
      for (const { senderId, content } of data) {
        const text = content !== null && 'text' in content ? (content.text ?? '') : '';
        room.print(`   ${plain(room.nameOf(senderId))}: ${short(text)}`);
      }
      if (page.hasMore) room.print('   … and more');
    },
  },
  edit: {
    usage: '/edit [#N] words',
    help: 'say something else in your last message',
    run: async (room, typed) => {
      const { message, words } = pickMessage(room, typed, isOwn);
      if (words.length === 0) throw new PlainError('What shall it say? /edit at one');
      await room.opened().edit(message, words.join(' '));
    },
  },
  delete: {
    usage: '/delete [#N] [me]',
    help: 'delete your last message for everybody, or any one only for you',
    run: async (room, typed) => {
      const { message, words } = pickMessage(room, typed, isOwn);
      if (words.length > 0 && words.join(' ') !== 'me') {
        throw new PlainError('For everybody, or only for you? /delete #2, /delete #2 me');
      }
      const conversation = room.opened();
      if (words.length === 0) await conversation.deleteForEveryone(message);
      else await conversation.deleteForMe(message);
      room.print(`Deleted "${short(message.text)}"${words.length > 0 ? ' for you' : ''}.`);
    },
  },
  react: {
    usage: '/react [#N] emoji',
    help: 'put an emoji on a message; the same one again takes it away',
    run: async (room, typed) => {
      const { message, words } = pickMessage(room, typed, isOfOthers);
      const [emoji] = words;
      if (emoji === undefined) throw new PlainError('With what? /react 👍');
      await room.opened().react(message, emoji);
    },
  },
  pin: {
    usage: '/pin [#N]',
    help: 'pin a message for everybody',
    run: async (room, typed) => {
      await room.opened().pin(pickMessage(room, typed).message);
    },
  },
  unpin: {
    usage: '/unpin [#N]',
    help: 'take a pin away',
    run: async (room, typed) => {
      await room.opened().unpin(pickMessage(room, typed, ({ isPinned }) => isPinned).message);
    },
  },
  forward: {
    usage: '/forward [#N] name',
    help: 'say a message again in another conversation',
    run: (room, typed) => {
      const { message, words } = pickMessage(room, typed);
      const to = findConversation(room, words.join(' '));
      room.opened().forward(message, to);
      room.print(`"${short(message.text)}" goes to ${plain(to.getSnapshot().title)}.`);
    },
  },
};

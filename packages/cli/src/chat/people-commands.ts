import type { ChatCommand } from './chat-commands.ts';
import { peopleIn } from './people-in.ts';
import { PlainError } from './plain-error.ts';
import { plain } from './render.ts';

/** Whom one takes messages from, and whether one is there oneself. */
export const peopleCommands: Readonly<Record<string, ChatCommand>> = {
  block: {
    usage: '/block @user',
    help: 'take no direct messages from somebody',
    run: async (room, words) => {
      const [person] = await peopleIn(room, words);
      if (person === undefined) throw new PlainError('Whom? /block @dung');
      await room.chat.blocks.block(person.userId);
      room.print(`Blocked ${plain(person.displayName)}.`);
    },
  },
  unblock: {
    usage: '/unblock @user',
    help: 'take direct messages from somebody again',
    run: async (room, words) => {
      const [person] = await peopleIn(room, words);
      if (person === undefined) throw new PlainError('Whom? /unblock @dung');
      await room.chat.blocks.unblock(person.userId);
      room.print(`${plain(person.displayName)} is not blocked.`);
    },
  },
  away: {
    usage: '/away',
    help: 'say that you are away from here',
    run: (room) => room.chat.setAway(true),
  },
  back: {
    usage: '/back',
    help: 'say that you are back',
    run: (room) => room.chat.setAway(false),
  },
  blocks: {
    usage: '/blocks',
    help: 'whom you have blocked',
    run: async (room) => {
      const blocked = await room.chat.blocks.list();
      if (blocked.length === 0) room.print('Nobody.');
      for (const { displayName, username } of blocked) room.print(`  ${plain(displayName)} @${username}`);
    },
  },
};

import { Role } from '@parley/contracts';

import type { ChatCommand } from './chat-commands.ts';
import { namesIn } from './line.ts';
import { peopleIn } from './people-in.ts';
import { PlainError } from './plain-error.ts';
import { plain } from './render.ts';

/** What is done to a group by those who may. */
export const groupCommands: Readonly<Record<string, ChatCommand>> = {
  remove: {
    usage: '/remove @user',
    help: 'take somebody out of this group',
    run: async (room, words) => {
      const [person] = await peopleIn(room, words);
      if (person === undefined) throw new PlainError('Whom? /remove @dung');
      await room.opened().group.removeMember(person.userId);
      room.print(`Removed ${plain(person.displayName)}.`);
    },
  },
  role: {
    usage: '/role @user role',
    help: `what somebody may do here: ${Role.options.join(', ')}`,
    run: async (room, words) => {
      const [person] = await peopleIn(room, words);
      const role = Role.safeParse(namesIn(words).text);
      if (person === undefined || !role.success) throw new PlainError('Whose, and which? /role @chi admin');
      await room.opened().group.changeRole(person.userId, role.data);
      room.print(`${plain(person.displayName)} is ${role.data} now.`);
    },
  },
  handover: {
    usage: '/handover @user',
    help: 'make somebody else the owner',
    run: async (room, words) => {
      const [person] = await peopleIn(room, words);
      if (person === undefined) throw new PlainError('To whom? /handover @binh');
      await room.opened().group.handOver(person.userId);
      room.print(`${plain(person.displayName)} owns this group now.`);
    },
  },
  rename: {
    usage: '/rename name',
    help: 'give this group another name',
    run: async (room, words) => {
      const name = words.join(' ');
      if (name === '') throw new PlainError('What shall it be called? /rename Weekend');
      await room.opened().group.update({ name });
    },
  },
  readonly: {
    usage: '/readonly on or off',
    help: 'let only admins write here, or everybody again',
    run: async (room, [wanted]) => {
      if (wanted !== 'on' && wanted !== 'off') throw new PlainError('On or off? /readonly on');
      await room.opened().group.update({ settings: { readOnly: wanted === 'on' } });
    },
  },
  dissolve: {
    usage: '/dissolve name',
    help: 'end this group for everybody; its name says that you mean it',
    run: async (room, words) => {
      const conversation = room.opened();
      if (words.join(' ') !== conversation.getSnapshot().title) {
        throw new PlainError('Say its whole name: /dissolve Weekend');
      }
      await conversation.group.dissolve();
    },
  },
};

import type { ChatCommand } from './chat-commands.ts';
import { PlainError } from './plain-error.ts';

const HOUR_MS = 3_600_000;

/** How you keep the conversation that is open, on all of your devices and for nobody else. */
export const ownViewCommands: Readonly<Record<string, ChatCommand>> = {
  archive: {
    usage: '/archive',
    help: 'take this conversation out of your list; /list archived has it then',
    run: async (room) => {
      await room.opened().archive();
      room.print('It is in /list archived now; /unarchive puts it back.');
    },
  },
  unarchive: {
    usage: '/unarchive',
    help: 'put this conversation back into your list',
    run: async (room) => {
      await room.opened().unarchive();
      room.print('It is in your list again.');
    },
  },
  mute: {
    usage: '/mute [hours]',
    help: 'be left alone by this conversation, for some hours or until /unmute',
    run: async (room, [hours]) => {
      const conversation = room.opened();
      if (hours === undefined) await conversation.mute();
      else if (Number(hours) > 0) await conversation.mute(new Date(Date.now() + Number(hours) * HOUR_MS));
      else throw new PlainError('For how many hours? /mute 8');
      room.print(hours === undefined ? 'Muted; /unmute ends it.' : `Muted for ${hours} hours.`);
    },
  },
  unmute: {
    usage: '/unmute',
    help: 'hear of this conversation again',
    run: async (room) => {
      await room.opened().unmute();
      room.print('It is not muted any more.');
    },
  },
  top: {
    usage: '/top [off]',
    help: 'keep this conversation above all others in your list, or no longer',
    run: async (room, [off]) => {
      if (off === 'off') await room.opened().unpinFromTop();
      else await room.opened().pinToTop();
      room.print(off === 'off' ? 'It is in its place again.' : 'It is above all others in your list.');
    },
  },
};

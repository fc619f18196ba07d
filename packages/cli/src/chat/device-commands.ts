import type { Chat } from '@parley/client';

import type { ChatCommand } from './chat-commands.ts';
import type { ChatRoom } from './chat-room.ts';
import { PlainError } from './plain-error.ts';
import { dayOf, plain } from './render.ts';

const WHICH = 'Which one? /devices shows them, /devices end 2 ends the second.';

type Devices = Awaited<ReturnType<Chat['devices']>>;

/** As they were numbered last: the number that a person types means what they saw. */
const numbered = new WeakMap<ChatRoom, Devices>();

/** Where the person is signed in. */
export const deviceCommands: Readonly<Record<string, ChatCommand>> = {
  devices: {
    usage: '/devices [end N]',
    help: 'where you are signed in, and signing one of them out',
    run: async (room, [act, number]) => {
      if (act === undefined) {
        const devices = await room.chat.devices();
        numbered.set(room, devices);
        for (const [index, { name, platform, signedInAt, isCurrent }] of devices.entries()) {
          const here = isCurrent ? ' · this one' : '';
          room.print(
            `${String(index + 1).padStart(3)}  ${plain(name)} · ${platform} · since ${dayOf(signedInAt)}${here}`,
          );
        }
        return;
      }
      const device = numbered.get(room)?.[Number(number) - 1];
      if (act !== 'end' || device === undefined) throw new PlainError(WHICH);
      if (device.isCurrent) throw new PlainError('That is this one: /quit leaves it.');
      await room.chat.endDevice(device.deviceId);
      room.print(`${plain(device.name)} is signed out.`);
    },
  },
};

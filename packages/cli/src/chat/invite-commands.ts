import type { ChatCommand } from './chat-commands.ts';
import { PlainError } from './plain-error.ts';
import { plain } from './render.ts';

const HOUR_MS = 3_600_000;

/** Ways into a group by a code. */
export const inviteCommands: Readonly<Record<string, ChatCommand>> = {
  invite: {
    usage: '/invite hours',
    help: 'make a code that lets people into this group; without hours it stays',
    run: async (room, [hours]) => {
      const durationMs = hours === undefined ? undefined : Number(hours) * HOUR_MS;
      if (durationMs !== undefined && !(durationMs > 0)) throw new PlainError('For how long? /invite 24');
      const terms =
        durationMs === undefined ? {} : { expiresAt: new Date(Date.now() + durationMs).toISOString() };
      const { code } = await room.opened().group.createInvite(terms);
      room.print(`Whoever types /join ${code} comes in.`);
    },
  },
  invites: {
    usage: '/invites',
    help: 'the codes of this group and how often they were used',
    run: async (room) => {
      const invites = await room.opened().group.invites();
      if (invites.length === 0) room.print('None.');
      for (const [index, { createdBy, useCount, expiresAt, revokedAt }] of invites.entries()) {
        const end = revokedAt ? 'ended' : expiresAt ? `until ${expiresAt}` : 'until it is ended';
        room.print(`  ${index + 1} · by ${plain(room.nameOf(createdBy))} · used ${useCount} times · ${end}`);
      }
    },
  },
  uninvite: {
    usage: '/uninvite N',
    help: 'end a code of this group',
    run: async (room, [number]) => {
      const { group } = room.opened();
      const invite = (await group.invites())[Number(number) - 1];
      if (invite === undefined) throw new PlainError('Which one? /invites shows them.');
      await group.revokeInvite(invite.inviteId);
      room.print('It lets nobody in any more.');
    },
  },
  join: {
    usage: '/join code',
    help: 'come into a group by its code',
    run: async (room, [code]) => {
      if (code === undefined) throw new PlainError('By which code? /join …');
      await room.open(await room.chat.acceptInvite(code));
    },
  },
};

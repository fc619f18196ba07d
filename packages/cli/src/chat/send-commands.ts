import type { ChatCommand } from './chat-commands.ts';
import { PlainError } from './plain-error.ts';

/** What can be said that is no text. */
export const sendCommands: Readonly<Record<string, ChatCommand>> = {
  sticker: {
    usage: '/sticker name',
    help: 'send a sticker; without a name, which ones there are',
    run: async (room, words) => {
      const conversation = room.opened();
      const wanted = words.join(' ').toLowerCase();
      const stickers = (await room.chat.stickerPacks()).flatMap((pack) => pack.stickers);
      if (wanted === '') {
        room.print(`  ${stickers.map(({ name, emoji }) => `${emoji} ${name}`).join('  ')}`);
        return;
      }
      const found = stickers.find(
        ({ name, emoji, tags }) => name === wanted || emoji === wanted || tags.includes(wanted),
      );
      if (found === undefined) throw new PlainError('There is no such sticker; /sticker shows them.');
      conversation.send({ type: 'sticker', stickerId: found.stickerId });
    },
  },
  location: {
    usage: '/location lat lng [name]',
    help: 'send a place',
    run: (room, [lat = '', lng = '', ...words]) => {
      const place = { lat: Number(lat || Number.NaN), lng: Number(lng || Number.NaN) };
      if (!(Math.abs(place.lat) <= 90 && Math.abs(place.lng) <= 180)) {
        throw new PlainError('Where? /location 21.0287 105.8524 Hồ Gươm');
      }
      const name = words.join(' ');
      room.opened().send({ type: 'location', ...place, ...(name === '' ? {} : { name }) });
    },
  },
};

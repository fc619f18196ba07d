import { until } from '@parley/testing';
import { describe, expect } from 'vitest';

import { terminalStory as test } from './terminal.ts';

describe('parley chat', () => {
  test('two people and a second device see the same, and the ticks move', async ({ world, terminalOf }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const desk = terminalOf(an, 0);
    const phone = terminalOf(an, 1);
    const bedroom = terminalOf(binh, 1);
    await Promise.all(
      [desk, phone, bedroom].map((terminal) => terminal.sees('/help says what else there is.')),
    );

    desk.types(`/new @${binh.username}`);
    await desk.sees('── Bình ──');
    desk.types('Phở at noon?');
    await desk.sees('you: Phở at noon? ✓');
    await bedroom.sees('[An] An: Phở at noon?');
    await phone.opens('Bình', 'you: Phở at noon? ✓');

    await bedroom.opens('An', '── An ──');
    await Promise.all([desk, phone].map((terminal) => terminal.sees('✓✓ read by Bình')));
    bedroom.types('Of course.');
    await Promise.all([desk, phone].map((terminal) => terminal.sees('Bình: Of course.')));

    expect(await Promise.all([desk, phone, bedroom].map((terminal) => terminal.leaves()))).toEqual([0, 0, 0]);
  });

  test('what is said can be answered, changed, sent on and kept, by words after a slash', async ({
    world,
    terminalOf,
  }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    await an.startsGroup('Huế', { with: [binh] });
    await binh.device.at(hanoi);
    const desk = terminalOf(an, 0);
    const phone = terminalOf(binh, 1);
    await Promise.all([desk, phone].map((terminal) => terminal.sees('/help says what else there is.')));
    desk.types('/open Hà Nội');
    phone.types('/open Hà Nội');
    await Promise.all([desk, phone].map((terminal) => terminal.sees('── Hà Nội ──')));

    desk.types('Phở at noon?');
    await phone.sees('An: Phở at noon?');
    phone.types('/reply gladly');
    await desk.sees('Bình: ↪ you: "Phở at noon?" gladly');
    phone.types('/react #1 👍');
    await phone.sees('There is no such number; /messages shows them.');
    phone.types('/react 👍');
    await desk.sees('Bình: 👍 on "Phở at noon?"');
    desk.types('/edit Phở at one?');
    await phone.sees('Phở at one?');
    desk.types('/pin');
    await phone.sees('An pinned a message');
    desk.types('/sticker cà phê');
    await phone.sees('An: Sticker');
    desk.types('/location 21.0287 105.8524 Hồ Gươm');
    // What is forwarded is the last message that is stored, as far as the desk knows.
    await Promise.all([phone.sees('An: Hồ Gươm'), desk.sees('you: Hồ Gươm ✓')]);
    desk.types('/forward Huế');
    await phone.sees('[Huế] An: Hồ Gươm');
    desk.types('/delete');
    await phone.sees('An deleted a message');

    desk.types('/mute soon');
    await desk.sees('For how many hours? /mute 8');
    desk.types('/mute 8');
    await desk.sees('Muted for 8 hours.');
    desk.types('/archive');
    await desk.sees('It is in /list archived now; /unarchive puts it back.');
    desk.types(`/add @${chi.username}`);
    await desk.sees('Added Chi.');
    await desk.sees('Chi is online');
    desk.types('/who');
    await desk.sees('Chi · member · online');
    phone.types('/remove @nobody');
    await phone.sees('There is nobody called @nobody.');
    phone.types('/leave');
    await phone.sees('you are no longer in Hà Nội');

    expect(await Promise.all([desk, phone].map((terminal) => terminal.leaves()))).toEqual([0, 0]);
  });

  test('who comes, turns away and writes is told where it is looked at', async ({ world, terminalOf }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const place = await an.startsDirect(binh);
    const desk = terminalOf(an, 0);
    await desk.sees('/help says what else there is.');
    desk.types('/open Bình');
    await desk.sees('Bình is online');
    (await binh.device.at(place)).typing();
    await desk.sees('Bình is writing …');
    binh.device.chat.setAway(true);
    await until({
      look: () => (desk.lines.some((line) => line.includes('Bình is away, last seen ')) ? true : undefined),
      instead: () => desk.lines.join('\n'),
    });
    const { presence } = binh.device.chat;
    // An has a device of their own besides the terminal.
    an.device.chat.setAway(true);
    desk.types('/away');
    const seen = presence.of(an.userId);
    const stopLooking = seen.subscribe(() => undefined);
    await until({
      look: () => (seen.getSnapshot().status === 'away' ? true : undefined),
      instead: () => `Bình sees An as ${seen.getSnapshot().status}`,
    });
    desk.types('/back');
    await until({
      look: () => (seen.getSnapshot().status === 'online' ? true : undefined),
      instead: () => `Bình sees An as ${seen.getSnapshot().status}`,
    });
    stopLooking();
    expect(await desk.leaves()).toBe(0);
  });

  test('what was typed last is sent before it ends', async ({ world, terminalOf }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    const terminal = terminalOf(an, 0);
    for (const line of ['1', 'one', 'two', 'three']) terminal.types(line);
    expect(await terminal.leaves()).toBe(0);
    await expect(binh).toSee(['one', 'two', 'three'], { in: hanoi });
  });

  test('what becomes of a group is told there, when it is opened and as it happens', async ({
    world,
    terminalOf,
  }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const terminal = terminalOf(binh, 1);
    terminal.types('/open Hà Nội');
    await terminal.sees('· An created the group');
    await an.adds([chi], { to: hanoi });
    await terminal.sees('· An added Chi');
    await (await an.device.at(hanoi)).group.update({ name: 'Huế' });
    await terminal.sees('· An named the group Huế');
    expect(await terminal.leaves()).toBe(0);
  });

  test('a wrong password is a sentence', async ({ world, terminalOf }) => {
    const [an] = await world.people('An');
    const terminal = terminalOf({ name: an.name, username: an.username, password: 'wrong horse' }, 0);
    await terminal.sees('User name or password is wrong. (UNAUTHENTICATED)');
    expect(await terminal.leaves()).toBe(1);
  });
});

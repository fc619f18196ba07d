import { describe, expect } from 'vitest';

import {
  choose,
  composerOf,
  gone,
  messageOf,
  openChat,
  openPlace,
  seen,
  webStory as test,
  write,
} from './web-story.ts';

describe('people and groups in the browser', () => {
  test('a group is made, its members get roles, and one leaves', async ({ world, windows }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const [page, other] = [await windows.of(an), await windows.of(binh)];
    await page.getByRole('button', { name: 'New chat' }).click();
    await page.getByRole('button', { name: 'New group' }).click();
    await page.getByLabel('Name of the group').fill('Weekend');
    for (const { username, name } of [binh, chi]) {
      await page.getByLabel('Search people by name').fill(username);
      await page
        .getByRole('dialog')
        .getByRole('button', { name: `@${username}` })
        .click();
      await seen(page.getByRole('dialog').getByRole('button', { name, exact: true }));
    }
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await seen(page.getByText('You created the group'));

    await openChat(other, 'Weekend');
    await page.locator('main header').getByRole('button', { name: 'Weekend' }).click();
    const details = page.getByRole('complementary');
    await details.getByRole('button', { name: 'More: Bình' }).click();
    await page.getByRole('menuitem', { name: 'Make admin' }).click();
    await seen(details.getByRole('listitem').filter({ hasText: 'Bình' }).getByText('admin'));
    await seen(other.getByText('An made You admin'));

    await composerOf(page).pressSequentially('@chi');
    await page.getByRole('option', { name: 'Chi' }).waitFor();
    await composerOf(page).press('Enter');
    await composerOf(page).pressSequentially('bring the map');
    await composerOf(page).press('Enter');
    await seen(messageOf(other, '@Chi bring the map'));
    const third = await windows.of(chi);
    await seen(third.getByRole('img', { name: '1 mention of you' }));

    await other.getByRole('main').getByRole('button', { name: 'More', exact: true }).click();
    await other.getByRole('menuitem', { name: 'Details' }).click();
    await other.getByRole('button', { name: 'Leave the group' }).click();
    await other.getByRole('dialog').getByRole('button', { name: 'Leave the group' }).click();
    await seen(page.getByText('Bình left'));
    await gone(other.getByRole('link', { name: 'Weekend' }));
  });

  test('an invite link lets somebody in', async ({ world, windows }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const place = await an.startsGroup('Club', { with: [] });
    const page = await windows.of(an);
    await openPlace(page, place);
    await page.locator('main header').getByRole('button', { name: 'Club' }).click();
    await page.getByRole('button', { name: 'Invite links' }).click();
    await page.getByRole('button', { name: 'New invite link' }).click();
    const link = await page.getByRole('dialog').getByRole('textbox').inputValue();

    const other = await windows.of(binh);
    await other.goto(link);
    await other.getByRole('button', { name: 'Join the group' }).click();
    await write(other, 'Here I am');
    await seen(messageOf(page, 'Here I am'));
    await seen(page.getByText('Bình joined'));
  });

  test('a blocked person’s chat is closed until they are unblocked', async ({ world, windows }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const place = await an.startsDirect(binh);
    const page = await windows.of(an);
    await openPlace(page, place);
    await page.locator('main header').getByRole('button', { name: 'Bình' }).click();
    await page.getByRole('button', { name: 'Block', exact: true }).click();
    await seen(page.getByText('You have blocked this person.'));
    await page.getByRole('main').getByRole('button', { name: 'Unblock' }).click();
    await seen(composerOf(page));
  });

  test('a device that is signed out elsewhere is sent to the door', async ({ world, windows }) => {
    const [an] = await world.people('An');
    const [laptop, phone] = [await windows.of(an), await windows.of(an)];
    await laptop.getByRole('button', { name: 'Settings' }).click();
    await laptop.getByRole('button', { name: 'Sign out all others' }).click();
    await seen(phone.getByText('This device was signed out. Please sign in again.'));
    await gone(laptop.getByRole('button', { name: 'Sign out all others' }));
    await laptop.keyboard.press('Escape');
    await seen(laptop.getByText('No chats yet'));
  });

  test('what is pinned and forwarded is where it was put', async ({ world, windows }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const place = await an.startsDirect(binh);
    const other = await an.startsDirect(chi);
    await an.says('the address', { in: place });
    const page = await windows.of(an);
    await openPlace(page, place);
    await choose(page, 'the address', 'Pin');
    await seen(page.getByText('You pinned a message'));
    await page.getByRole('main').getByRole('button', { name: 'Pinned messages' }).click();
    await seen(page.getByRole('complementary').getByText('the address'));
    await choose(page, 'the address', 'Forward');
    await page.getByRole('button', { name: 'Forward to Chi' }).click();
    await expect(chi).toSee(['the address'], { in: other });
  });
});

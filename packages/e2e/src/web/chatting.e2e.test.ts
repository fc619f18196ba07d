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

describe('chatting in the browser', () => {
  test('somebody new signs up, finds a person and writes to them', async ({ world, windows }) => {
    const [binh] = await world.people('Bình');
    const page = await windows.open();
    await page.getByRole('button', { name: 'Create account' }).click();
    const username = `w${crypto.randomUUID().replaceAll('-', '').slice(0, 20)}`;
    await page.getByLabel('Your name').fill('Mai');
    await page.getByLabel('User name').fill(username);
    await page.getByLabel('Password').fill('correct horse battery');
    await page.getByRole('button', { name: 'Create account' }).click();
    await seen(page.getByText('No chats yet'));

    await page.getByRole('button', { name: 'New chat' }).click();
    await page.getByLabel('Search people by name').fill(binh.username);
    await page.getByRole('dialog').getByRole('button', { name: 'Bình' }).click();
    await write(page, 'Chào Bình!');
    await seen(messageOf(page, 'Chào Bình!').getByRole('img', { name: 'Delivered' }));

    await page.reload();
    await seen(messageOf(page, 'Chào Bình!'));
  });

  test('two people see each other’s words, ticks, edits, reactions and deletions', async ({
    world,
    windows,
  }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const place = await an.startsDirect(binh);
    await an.says('Xin chào', { in: place });
    const [mine, theirs] = [await windows.of(an), await windows.of(binh)];
    await openChat(mine, 'Bình');
    await seen(theirs.getByRole('img', { name: '1 unread message' }));
    await openChat(theirs, 'An');
    await seen(messageOf(mine, 'Xin chào').getByRole('img', { name: 'Read', exact: true }));
    await gone(theirs.getByRole('img', { name: '1 unread message' }));

    await write(theirs, 'Phở at **noon**?');
    await seen(messageOf(mine, 'Phở at noon?').locator('strong', { hasText: 'noon' }));
    await choose(mine, 'Phở at noon?', 'React 👍');
    await seen(theirs.getByRole('button', { name: '👍, 1 reaction' }));

    await choose(theirs, 'Phở at noon?', 'Edit');
    await write(theirs, 'Phở at one?');
    await seen(messageOf(mine, 'Phở at one?').getByText('edited'));

    await choose(mine, 'Phở at one?', 'Reply');
    await write(mine, 'Gladly');
    await seen(messageOf(theirs, 'Gladly').getByRole('button', { name: /An|Bình|You/ }));

    await choose(theirs, 'Phở at one?', 'Delete for everyone');
    await theirs.getByRole('dialog').getByRole('button', { name: 'Delete for everyone' }).click();
    await seen(mine.getByRole('article').filter({ hasText: 'This message was deleted' }));
    await gone(messageOf(mine, 'Phở at one?'));
  });

  test('what is written offline is sent when the connection is back, once', async ({ world, windows }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const place = await an.startsDirect(binh);
    const page = await windows.of(an);
    await openPlace(page, place);
    await page.context().setOffline(true);
    await write(page, 'from the tunnel');
    await seen(messageOf(page, 'from the tunnel').getByRole('img', { name: 'Sending' }));
    await page.context().setOffline(false);
    await seen(messageOf(page, 'from the tunnel').getByRole('img', { name: 'Delivered' }));
    expect(await messageOf(page, 'from the tunnel').count()).toBe(1);
    await expect(binh).toSee(['from the tunnel'], { in: place });
  });

  test('words stay words, whatever they look like', async ({ world, windows }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const place = await an.startsDirect(binh);
    const text =
      '<img src=x onerror="document.title=\'broken\'"><script>alert(1)</script> javascript:alert(1)';
    await an.says(text, { in: place });
    const page = await windows.of(binh);
    await openChat(page, 'An');
    await seen(messageOf(page, text));
    expect(await page.title()).not.toBe('broken');
    expect(await page.getByRole('article').locator('script, img[src="x"], a').count()).toBe(0);
  });

  test('a half-made word is not sent by Enter', async ({ world, windows }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const page = await windows.of(an);
    await openPlace(page, await an.startsDirect(binh));
    await composerOf(page).focus();
    const session = await page.context().newCDPSession(page);
    await session.send('Input.imeSetComposition', { text: 'tiếng Việ', selectionStart: 9, selectionEnd: 9 });
    await composerOf(page).dispatchEvent('keydown', {
      key: 'Enter',
      keyCode: 229,
      isComposing: true,
      bubbles: true,
    });
    await expect.poll(() => composerOf(page).inputValue()).toBe('tiếng Việ');
    await session.send('Input.insertText', { text: 'tiếng Việt' });
    await composerOf(page).press('Enter');
    await seen(messageOf(page, 'tiếng Việt'));
    expect(await page.getByRole('article').count()).toBe(1);
  });

  test('a draft is on the other device, until it is sent', async ({ world, windows }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const place = await an.startsDirect(binh);
    const [laptop, phone] = [await windows.of(an), await windows.of(an)];
    await openPlace(laptop, place);
    await composerOf(laptop).fill('Shall we');
    await seen(phone.getByRole('link', { name: 'Bình' }).filter({ hasText: 'Draft: Shall we' }));
    await openPlace(phone, place);
    await expect.poll(() => composerOf(phone).inputValue()).toBe('Shall we');
    await write(phone, 'Shall we go?');
    await expect.poll(() => composerOf(laptop).inputValue()).toBe('');
    await seen(messageOf(laptop, 'Shall we go?'));
  });
});

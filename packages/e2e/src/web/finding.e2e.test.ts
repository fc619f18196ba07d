import { describe, expect } from 'vitest';

import { seriousFaults } from './accessible.ts';
import { composerOf, messageOf, openChat, seen, webStory as test, write } from './web-story.ts';

const PHONE = { width: 360, height: 740 };

describe('finding one’s way in the browser', () => {
  test('words are found without their accents, and lead far back to where they were said', async ({
    world,
    windows,
  }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const place = await an.startsDirect(binh);
    await binh.says('Tôi học tiếng Việt', { in: place });
    for (let line = 1; line <= 70; line += 1) await binh.says(`line ${line}`, { in: place });
    const page = await windows.of(an);
    await seen(page.getByRole('img', { name: '71 unread messages' }));
    await page.getByLabel('Search people and messages').fill('tieng viet');
    const hit = page.getByRole('link').filter({ has: page.locator('mark') });
    await hit.click();
    await seen(messageOf(page, 'Tôi học tiếng Việt'));
    await page.getByRole('button', { name: 'To the newest message' }).click();
    await seen(messageOf(page, 'line 70'));
  });

  test('everything is there by keyboard alone', async ({ world, windows }) => {
    const [an, binh] = await world.people('An', 'Bình');
    await binh.says('press me', { in: await an.startsDirect(binh) });
    const page = await windows.of(an);
    const link = page.getByRole('link', { name: 'Bình' });
    await link.focus();
    await page.keyboard.press('Enter');
    await composerOf(page).waitFor();
    await page.getByRole('region', { name: 'Messages' }).focus();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Reply' }).waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(() => composerOf(page).evaluate((field) => field.matches(':focus'))).toBe(true);
    await page.keyboard.type('pressed');
    await page.keyboard.press('Enter');
    await seen(messageOf(page, 'pressed').filter({ hasText: 'press me' }));
    await page.keyboard.press('ArrowUp');
    await seen(page.getByText('Editing a message'));
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByText('Editing a message').count()).toBe(0);
  });

  test('on a phone one thing is in view at a time, in the dark and in Vietnamese', async ({
    world,
    windows,
  }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const place = await an.startsDirect(binh);
    await binh.says('xin chào', { in: place });
    const page = await windows.of(an, { viewport: PHONE });
    await page.getByRole('button', { name: 'Settings', exact: true }).click();
    await page.getByLabel('Theme').selectOption('dark');
    await page.getByLabel('Language').selectOption('vi');
    await page.getByRole('button', { name: 'Đóng' }).click();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    await page.getByRole('link', { name: 'Bình' }).click();
    await seen(messageOf(page, 'xin chào'));
    expect(await page.getByRole('heading', { name: 'Trò chuyện' }).isVisible()).toBe(false);
    const overflows = () => page.evaluate('document.documentElement.scrollWidth > innerWidth');
    expect(await overflows()).toBe(false);
    await page.getByRole('button', { name: 'Quay lại danh sách' }).click();
    await seen(page.getByRole('heading', { name: 'Trò chuyện' }));
    await page.reload();
    await seen(page.getByRole('heading', { name: 'Trò chuyện' }));
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
  });

  test('a second tab says where the first one is, and can take over', async ({ world, windows }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const place = await an.startsDirect(binh);
    const first = await windows.of(an);
    const second = await first.context().newPage();
    await second.goto(first.url());
    await second.getByRole('button', { name: 'Use it here' }).click();
    await seen(first.getByText('Parley is open in another tab'));
    await openChat(second, 'Bình');
    await write(second, 'from the second tab');
    await expect(binh).toSee(['from the second tab'], { in: place });
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`axe finds nothing serious, ${colorScheme}`, async ({ world, windows }) => {
      const [an, binh] = await world.people('An', 'Bình');
      const place = await an.startsGroup('Weekend', { with: [binh] });
      await binh.says('hello https://example.com', { in: place });
      await an.says('hi', { in: place });
      const door = await windows.open({ colorScheme });
      expect(await seriousFaults(door)).toEqual([]);
      const page = await windows.of(an, { colorScheme });
      await openChat(page, 'Weekend');
      await seen(messageOf(page, 'hello'));
      expect(await seriousFaults(page)).toEqual([]);
      await page.locator('main header').getByRole('button', { name: 'Weekend' }).click();
      await seen(page.getByRole('complementary').getByText('owner'));
      expect(await seriousFaults(page)).toEqual([]);
      await messageOf(page, 'hello').press('Enter');
      await page.getByRole('menuitem', { name: 'Reply' }).waitFor();
      expect(await seriousFaults(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Settings', exact: true }).click();
      await page.getByText('This device').waitFor();
      expect(await seriousFaults(page)).toEqual([]);
    });
  }
});

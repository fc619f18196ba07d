import { join } from 'node:path';

import { Api, Session } from '@parley/client';
import { newUuidV7, type ConversationView } from '@parley/contracts';
import { DEMO_PASSWORD } from '@parley/local';
import type { Browser, Page } from 'playwright-core';

export interface ScreenshotParts {
  readonly browser: Browser;
  readonly url: string;
  readonly directory: string;
}

const GROUP = 'Weekend in Ninh Bình';
const LAST = 'Perfect. See you at the station!';
const SHOWN_MS_MAX = 30_000;

interface Screen {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly theme: 'light' | 'dark';
  readonly language?: 'en' | 'vi';
  /** What is done before the picture is taken; the group is open. */
  readonly act?: (page: Page) => Promise<unknown>;
}

const screens: readonly Screen[] = [
  { name: 'desktop-light', width: 1280, height: 800, theme: 'light' },
  { name: 'desktop-dark', width: 1280, height: 800, theme: 'dark' },
  { name: 'tablet-light', width: 768, height: 1024, theme: 'light' },
  { name: 'phone-light', width: 360, height: 740, theme: 'light' },
  { name: 'phone-dark', width: 360, height: 740, theme: 'dark', language: 'vi' },
  {
    name: 'phone-list',
    width: 360,
    height: 740,
    theme: 'light',
    act: async (page) => {
      await page.getByRole('button', { name: 'Back to the chats' }).click();
      await page.getByRole('heading', { name: 'Chats' }).waitFor();
    },
  },
  {
    name: 'details',
    width: 1280,
    height: 800,
    theme: 'light',
    act: async (page) => {
      await page.locator('main header').getByRole('button').filter({ hasText: GROUP }).click();
      await page.getByRole('complementary').getByText('Dũng').waitFor();
    },
  },
];

/** The demo, livelier, on screens of several sizes and in both themes. */
export async function takeScreenshots(parts: ScreenshotParts): Promise<void> {
  await enliven(parts.url);
  await takeSignIn(parts);
  for (const screen of screens) await take(parts, screen);
}

async function takeSignIn({ browser, url, directory }: ScreenshotParts): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
  await page.goto(`${url}/chat/`);
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await page.screenshot({ path: join(directory, 'sign-in.png') });
  await page.close();
}

async function take({ browser, url, directory }: ScreenshotParts, screen: Screen): Promise<void> {
  const { name, width, height, theme, language = 'en', act } = screen;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    locale: language === 'vi' ? 'vi-VN' : 'en-GB',
    timezoneId: 'Asia/Ho_Chi_Minh',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(SHOWN_MS_MAX);
  const { session } = await enter(url, 'an');
  await context.addInitScript(
    (tokens) => localStorage.setItem('parley.tokens', tokens),
    JSON.stringify(session.tokens),
  );
  const page = await context.newPage();
  await page.goto(`${url}/chat/`);
  await page.getByRole('link', { name: GROUP }).click();
  await page.locator('article', { hasText: LAST }).waitFor();
  // Read, and so in view.
  await page
    .locator('nav a[aria-current] [aria-label*="unread"], nav a[aria-current] [aria-label*="chưa đọc"]')
    .waitFor({ state: 'detached' });
  await act?.(page);
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(directory, `${name}.png`), animations: 'disabled' });
  await context.close();
}

async function enter(url: string, username: string) {
  const api = new Api({ url });
  const device = { name: 'Chrome, Linux', platform: 'web' as const };
  const session = await Session.signIn(api, { username, password: DEMO_PASSWORD, device });
  return { api: api.as(session), session };
}

/** What the demo's people say and do besides, so that a picture has something to show. */
async function enliven(url: string): Promise<void> {
  const [an, binh, chi, dung] = await Promise.all(
    ['an', 'binh', 'chi', 'dung'].map((name) => enter(url, name)),
  );
  if (!an || !binh || !chi || !dung) throw new Error('the demo has four people');
  const group = await named(an.api, GROUP);
  const { conversationId } = group;
  const say = async (api: Api, body: object) => {
    const said = { conversationId, clientMessageId: newUuidV7(), ...body };
    const { message } = await api.call('sendMessage', { body: said } as never);
    return message;
  };
  const photo = await chi.api.call('registerFile', {
    body: { name: 'tràng-an.jpg', sizeBytes: 2_480_000, mediaType: 'image/jpeg' },
  });
  const asked = await say(dung.api, { content: 'Who brings the coffee? ☕' });
  const answer = await say(binh.api, { content: 'I do. Phin and all.', replyToId: asked.messageId });
  await say(chi.api, {
    type: 'image',
    attachments: [{ fileId: photo.fileId }],
    content: 'The boats, last spring',
  });
  const call = '@An';
  const plan = await say(dung.api, {
    content: `${call} the hotel wants your name: https://example.com/ninh-binh`,
    entities: [{ type: 'mention', offset: 0, length: call.length, userId: an.session.tokens.userId }],
  });
  await say(an.api, { content: 'Done, two rooms until Sunday.' });
  await say(an.api, { type: 'sticker', stickerId: 'stk_00000000000000000000000012' });
  const react = (api: Api, messageId: string, emoji: string) =>
    api.call('reactToMessage', { params: { id: messageId }, body: { conversationId, emoji } });
  await react(an.api, answer.messageId, '❤️');
  await react(chi.api, answer.messageId, '❤️');
  await react(dung.api, answer.messageId, '👍');
  await react(an.api, plan.messageId, '👍');
  await an.api.call('pinMessage', { params: { id: plan.messageId }, query: { conversationId } });
  const withBinh = await named(an.api, 'binh');
  await binh.api.call('sendText', {
    body: {
      conversationId: withBinh.conversationId,
      clientMessageId: newUuidV7(),
      content: 'Tối nay ăn phở nhé?',
    },
  });
  await say(chi.api, { content: LAST });
}

async function named(api: Api, name: string): Promise<ConversationView> {
  const { data } = await api.call('listConversations', { query: { limit: 100 } });
  const found = data.find(
    (one) =>
      one.name === name || (one.kind === 'direct' && one.members.some(({ username }) => username === name)),
  );
  if (found === undefined) throw new Error(`there is no conversation ${name}`);
  return found;
}

import { findChromium } from '@parley/local';
import { type Person, type Place, story, type World } from '@parley/testing';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

import { launchBrowser } from './launch-browser.ts';

/** Long enough for a machine with much else to do. */
const SEEN_MS_MAX = 25_000;
const DESKTOP = { width: 1_280, height: 800 };

/** What a page has complained of or asked for that it should not have. */
export type Complaints = string[];

/** People's browsers: each window is one of its own, as on another machine. */
export class Windows {
  readonly complaints: Complaints = [];
  readonly #browser: Browser;
  readonly #world: World;

  constructor(browser: Browser, world: World) {
    this.#browser = browser;
    this.#world = world;
  }

  get url(): string {
    return this.#world.gatewayUrl(0);
  }

  /** A window where nobody has signed in. */
  async open(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({
      viewport: DESKTOP,
      locale: 'en-GB',
      reducedMotion: 'reduce',
      ...options,
    });
    context.setDefaultTimeout(SEEN_MS_MAX);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.complaints.push(`error: ${error.message}`));
    page.on('console', (message) => {
      if (/Content Security Policy|Trusted/i.test(message.text())) this.complaints.push(message.text());
    });
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      const isOwn = origin === new URL(this.url).origin || protocol === 'data:' || protocol === 'blob:';
      if (!isOwn) this.complaints.push(`left the origin: ${request.url()}`);
    });
    await page.goto(`${this.url}/chat/`);
    return page;
  }

  /** A window in which somebody is signed in, on a device of its own, with their list in view. */
  async of(person: Person, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.open(options);
    await page.getByLabel('User name').fill(person.username);
    await page.getByLabel('Password').fill(person.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Chats' }).waitFor();
    return page;
  }

  async close(): Promise<void> {
    await Promise.all(this.#browser.contexts().map((context) => context.close()));
  }
}

/** A story with browsers in it: at its end nothing was blocked, nothing broke and nothing left the origin. */
export const webStory = story
  .extend<{ $file: { browser: Browser } }>({
    browser: [
      async ({}, use) => {
        const browser = await launchBrowser(await findChromium());
        await use(browser);
        await browser.close();
      },
      { scope: 'file' },
    ],
  })
  .extend<{ windows: Windows }>({
    windows: async ({ browser, world }, use) => {
      const windows = new Windows(browser, world);
      await use(windows);
      await windows.close();
      if (windows.complaints.length > 0) throw new Error(windows.complaints.join('\n'));
    },
  });

/** Opens a conversation from the list, by what it is called there. */
export async function openChat(page: Page, title: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: title }).click();
  await composerOf(page).waitFor();
}

/** By its address, as a link from elsewhere leads there. */
export async function openPlace(page: Page, { conversationId }: Place): Promise<void> {
  await page.goto(`${new URL(page.url()).origin}/chat/c/${conversationId}`);
  await composerOf(page).waitFor();
}

export function composerOf(page: Page): Locator {
  return page.getByLabel(/^Write a message/);
}

export async function write(page: Page, text: string): Promise<void> {
  await composerOf(page).fill(text);
  await composerOf(page).press('Enter');
}

export function messageOf(page: Page, text: string): Locator {
  return page.getByRole('article').filter({ hasText: text });
}

/** Opens the menu of a message by the keyboard and chooses. */
export async function choose(page: Page, text: string, item: string): Promise<void> {
  await messageOf(page, text).first().press('Enter');
  await page.getByRole('menuitem', { name: item, exact: true }).click();
}

export async function seen(locator: Locator): Promise<void> {
  await locator.first().waitFor();
}

export async function gone(locator: Locator): Promise<void> {
  await expect.poll(() => locator.count()).toBe(0);
}

import { Chat } from '@parley/client';
import type { TokensView } from '@parley/contracts';

import { Cell } from './cell.ts';

const TOKENS_KEY = 'parley.tokens';
const LOCK = 'parley.session';

/**
 * Where this tab stands. A refresh token is good for one use, so one tab at a time has the session: another one that
 * is opened says so, and may take it over.
 */
export type Standing =
  | { readonly is: 'starting' }
  | { readonly is: 'out'; readonly because?: 'ended' | 'unreachable' }
  | { readonly is: 'in' }
  | { readonly is: 'elsewhere' };

export const standing = new Cell<Standing>({ is: 'starting' });

/** The one connection of this page. What is not sent yet is kept in its memory. */
export const chat = new Chat({ url: location.origin, onTokens: keepTokens });

chat.on('ended', (reason) => {
  localStorage.removeItem(TOKENS_KEY);
  chat.close();
  standing.set(reason === 'signed-out' ? { is: 'out' } : { is: 'out', because: 'ended' });
});

/** The name to show of somebody; their id until it is known. */
export function nameOf(userId: string): string {
  return chat.nameOf(userId);
}

let giveUpLock: (() => void) | undefined;

/** Goes on where this device was, unless another tab does. */
export async function start(): Promise<void> {
  const tokens = keptTokens();
  if (tokens === undefined) return standing.set({ is: 'out' });
  if (!(await takeLock({ ifAvailable: true }))) return standing.set({ is: 'elsewhere' });
  return resume(tokens);
}

/** Takes the session from the tab that has it. */
export async function takeOver(): Promise<void> {
  standing.set({ is: 'starting' });
  await takeLock({ steal: true });
  const tokens = keptTokens();
  if (tokens === undefined) return standing.set({ is: 'out' });
  return resume(tokens);
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** Of somebody new. */
  readonly displayName?: string;
}

/** @throws {ApiError} as the server refuses it. */
export async function enter({ displayName, ...credentials }: Credentials): Promise<void> {
  await takeLock({ steal: true });
  const body = { ...credentials, device: { name: deviceName(), platform: 'web' as const } };
  try {
    await (displayName === undefined ? chat.signIn(body) : chat.register({ ...body, displayName }));
    standing.set({ is: 'in' });
  } catch (error) {
    // Signed in, though the list takes long: it comes when it comes.
    if (chat.tokens === undefined || keptTokens() === undefined) throw error;
    standing.set({ is: 'in' });
  }
}

export async function leave(): Promise<void> {
  await chat.signOut().catch(() => undefined);
  localStorage.removeItem(TOKENS_KEY);
  giveUpLock?.();
  // Nothing of this person stays in the memory of the page.
  location.assign('/chat/');
}

async function resume(tokens: TokensView): Promise<void> {
  // Shown at once: what there is to see comes as it is loaded.
  standing.set({ is: 'in' });
  await chat.resume(tokens).catch(() => undefined);
}

/** Whether this tab has the session now; it loses it when another one takes it. */
function takeLock(options: { readonly ifAvailable?: boolean; readonly steal?: boolean }): Promise<boolean> {
  giveUpLock?.();
  return new Promise((resolve) => {
    navigator.locks
      .request(LOCK, options, (lock) => {
        resolve(lock !== null);
        if (lock === null) return undefined;
        return new Promise<void>((release) => {
          giveUpLock = release;
        });
      })
      .catch(() => {
        chat.close();
        standing.set({ is: 'elsewhere' });
      });
  });
}

function keepTokens(tokens: TokensView): void {
  localStorage.setItem(TOKENS_KEY, JSON.stringify(tokens));
}

function keptTokens(): TokensView | undefined {
  try {
    return (JSON.parse(localStorage.getItem(TOKENS_KEY) ?? 'null') as TokensView | null) ?? undefined;
  } catch {
    return undefined;
  }
}

/** As one would call it among one's devices. */
function deviceName(): string {
  const agent = navigator.userAgent;
  const browser = /Edg\//.test(agent)
    ? 'Edge'
    : /Firefox\//.test(agent)
      ? 'Firefox'
      : /Chrome\//.test(agent)
        ? 'Chrome'
        : /Safari\//.test(agent)
          ? 'Safari'
          : 'Browser';
  const system = ['Android', 'iPhone', 'iPad', 'Windows', 'Mac', 'Linux'].find((name) =>
    agent.includes(name),
  );
  return system === undefined ? browser : `${browser}, ${system}`;
}

import { errorText } from '../words/error-text.ts';
import { wordsNow } from '../words/words.ts';
import { Cell } from './cell.ts';

export interface Notice {
  readonly id: number;
  readonly text: string;
}

const SHOWN_MS = 6_000;
const NOTICE_COUNT_MAX = 3;
let last = 0;

/** Short words at the edge of the screen, which go away by themselves. */
export const notices = new Cell<readonly Notice[]>([]);

export function notify(text: string): void {
  last += 1;
  const notice = { id: last, text };
  notices.update((shown) => [...shown, notice].slice(-NOTICE_COUNT_MAX));
  setTimeout(() => dismiss(notice.id), SHOWN_MS);
}

export function dismiss(id: number): void {
  notices.update((shown) => shown.filter((notice) => notice.id !== id));
}

/** Does it, and says why where it could not be done. Whether it was. */
export async function attempt(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    notify(errorText(error, wordsNow()));
    return false;
  }
}

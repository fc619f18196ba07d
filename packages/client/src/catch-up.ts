import {
  SYNC_CONVERSATION_COUNT_MAX,
  type SyncedByCursors,
  type SyncedConversation,
} from '@parley/contracts';

import { retryDelayMs, sleep } from './backoff.ts';

export interface CatchUpOptions {
  readonly ask: (cursors: Record<string, number>) => Promise<SyncedByCursors>;
  /** Up to which number a conversation is complete here; `undefined` when it is not kept any more. */
  readonly cursorOf: (conversationId: string) => number | undefined;
  /** Takes an answer in, and says whether the conversation still has a hole. */
  readonly take: (synced: SyncedConversation, askedFrom: number) => boolean;
  readonly onRemoved: (conversationId: string) => void;
  readonly onHidden: (hidden: SyncedByCursors['hidden']) => void;
  readonly random?: () => number;
}

/**
 * Brings conversations up to date by their cursors: after every connect all of them, and one when a hole shows.
 * One question is out at a time. What could not be asked waits for the next connection, which asks for all.
 */
export class CatchUp {
  readonly #options: CatchUpOptions;
  #wanted = new Set<string>();
  #isRunning = false;
  #isOpen = false;
  #tries = 0;

  constructor(options: CatchUpOptions) {
    this.#options = options;
  }

  get isIdle(): boolean {
    return !this.#isRunning && this.#wanted.size === 0;
  }

  open(): void {
    this.#isOpen = true;
  }

  close(): void {
    this.#isOpen = false;
    this.#wanted.clear();
    this.#tries = 0;
  }

  want(conversationIds: Iterable<string>): void {
    if (!this.#isOpen) return;
    for (const conversationId of conversationIds) this.#wanted.add(conversationId);
    if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#wanted.size > 0) {
      const cursors = this.#takeWanted();
      const isBetter = await this.#askFor(cursors);
      if (isBetter) this.#tries = 0;
      else if (this.#wanted.size > 0) {
        await sleep(retryDelayMs(this.#tries, this.#options.random));
        this.#tries += 1;
      }
    }
    this.#isRunning = false;
  }

  #takeWanted(): Record<string, number> {
    const cursors: Record<string, number> = {};
    for (const conversationId of [...this.#wanted].slice(0, SYNC_CONVERSATION_COUNT_MAX)) {
      this.#wanted.delete(conversationId);
      const cursor = this.#options.cursorOf(conversationId);
      if (cursor !== undefined) cursors[conversationId] = cursor;
    }
    return cursors;
  }

  /** Whether the answer brought anything on: when not, the next question waits a little. */
  async #askFor(cursors: Record<string, number>): Promise<boolean> {
    if (Object.keys(cursors).length === 0) return true;
    try {
      const { conversations, removed, hidden } = await this.#options.ask(cursors);
      for (const conversationId of removed) this.#options.onRemoved(conversationId);
      let isBetter = false;
      for (const synced of conversations) {
        const askedFrom = cursors[synced.conversationId] ?? 0;
        const hasHole = this.#options.take(synced, askedFrom);
        isBetter ||= synced.upToSeq > askedFrom;
        if (this.#isOpen && (synced.hasMore || hasHole)) this.#wanted.add(synced.conversationId);
      }
      // Last, so that what came just now and is hidden is hidden.
      this.#options.onHidden(hidden);
      return isBetter;
    } catch {
      // Whatever the reason, the question is still open while there is a connection.
      if (this.#isOpen) for (const conversationId of Object.keys(cursors)) this.#wanted.add(conversationId);
      return false;
    }
  }
}

import type { SyncPage } from '@parley/contracts';

import { ApiError } from './api-error.ts';

/** Where the token is kept. A client that is to be told what it missed while it did not run brings one that lasts. */
export interface SyncTokenStorage {
  load(): Promise<string | undefined>;
  save(token: string): Promise<void>;
}

export interface SyncByTokenOptions {
  readonly ask: (token: string) => Promise<SyncPage>;
  /** Takes a page in. What it says is complete up to the page's own token. */
  readonly take: (page: SyncPage) => void;
  readonly storage?: SyncTokenStorage | undefined;
}

/**
 * Brings everything on this device up to date by one token, which stands for all that it has taken in. It moves with
 * every page, so what is cut in the middle goes on there. A token that is not good for that any more is let go: then
 * everything is read anew, as by a device that has none.
 */
export class SyncByToken {
  readonly #options: SyncByTokenOptions;
  #token: string | undefined;
  #isRunning = false;
  #isRestored = false;

  constructor(options: SyncByTokenOptions) {
    this.#options = options;
  }

  get token(): string | undefined {
    return this.#token;
  }

  get isIdle(): boolean {
    return !this.#isRunning;
  }

  /**
   * Goes on from the token; whether there was one that could be gone on from. Else the rest has to be read anew, and
   * `fresh`, the connection's own, is gone on from: with its pages taken in, what is read after this is not older.
   * @throws where it could not be asked: nothing was lost, and it may be tried again.
   */
  async goOn(fresh: string): Promise<boolean> {
    await this.#restore();
    if (this.#token !== undefined && (await this.#run(this.#token))) return true;
    this.#token = undefined;
    await this.#run(fresh).catch(() => undefined);
    return false;
  }

  /** Everything up to this token was taken in by other ways. */
  adopt(token: string): void {
    this.#token = token;
    // What is not kept is asked for again, and known again.
    this.#options.storage?.save(token).catch(() => undefined);
  }

  async #restore(): Promise<void> {
    if (this.#isRestored) return;
    this.#isRestored = true;
    this.#token ??= await this.#options.storage?.load().catch(() => undefined);
  }

  async #run(from: string): Promise<boolean> {
    this.#isRunning = true;
    try {
      let token = from;
      for (let hasMore = true; hasMore;) {
        const page = await this.#options.ask(token);
        if (page.resyncRequired !== null) return false;
        this.#options.take(page);
        ({ token, hasMore } = page);
        this.adopt(token);
      }
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.code === 'VALIDATION_FAILED') return false;
      throw error;
    } finally {
      this.#isRunning = false;
    }
  }
}

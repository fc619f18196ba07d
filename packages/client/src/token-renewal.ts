import { ApiError } from './api-error.ts';
import type { TokenSource } from './token-source.ts';

const TIMER_MS_MAX = 2_147_483_647;

export interface TokenRenewalOptions {
  readonly tokens: TokenSource;
  /** The token that the connection stands on. */
  readonly current: () => string;
  /** Gives the running session its next token. */
  readonly hand: (token: string) => Promise<void>;
  readonly isConnected: () => boolean;
  /** The session is no more. */
  readonly onRevoked: (error: ApiError) => void;
  /** How long to wait after a try that failed. */
  readonly pauseMs: number;
}

/** Hands a running session its next token before the last one ends, so that a connection outlives ten minutes. */
export class TokenRenewal {
  readonly #options: TokenRenewalOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts renewals: only the last one plans what comes next. */
  #turn = 0;

  constructor(options: TokenRenewalOptions) {
    this.#options = options;
  }

  plan(): void {
    const usableForMs = this.#options.tokens.usableForMs();
    if (usableForMs > TIMER_MS_MAX) return;
    this.#timer = setTimeout(() => void this.now(), usableForMs);
  }

  stop(): void {
    this.#turn += 1;
    clearTimeout(this.#timer);
  }

  async now(): Promise<void> {
    this.stop();
    const turn = this.#turn;
    const isLast = () => turn === this.#turn && isConnected();
    const { tokens, current, hand, isConnected, onRevoked, pauseMs } = this.#options;
    try {
      const token = await tokens.renew(current());
      if (!isLast()) return;
      await hand(token);
      if (isLast()) this.plan();
    } catch (error) {
      if (error instanceof ApiError && error.code === 'SESSION_REVOKED') onRevoked(error);
      else if (isLast()) this.#timer = setTimeout(() => void this.now(), pauseMs);
    }
  }
}

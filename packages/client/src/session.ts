import type { TokensView } from '@parley/contracts';

import { ApiError, notSent } from './api-error.ts';
import type { AnswerOfRoute, Api, CallOf } from './api.ts';
import type { TokenSource } from './token-source.ts';

/** How long before its end an access token is no longer used for new work. */
export const TOKEN_LEAD_MS = 60_000;
/** A device whose clock is far ahead would call every token old; each is used at least this long. */
const TOKEN_USE_MS_MIN = 60_000;

export type SessionEnd = 'signed-out' | 'revoked' | 'refresh-refused';

export interface SessionOptions {
  /** Called with every new pair: where a client that outlives its process keeps them. The old pair is worthless. */
  readonly onTokens?: (tokens: TokensView) => void;
  /** Called once, when this session can do nothing more and a person has to sign in again. */
  readonly onEnd?: (reason: SessionEnd) => void;
}

/**
 * One sign-in on one device. Keeps the two tokens, trades the refresh token for the next pair before the access
 * token ends, and does so once however many calls ask at the same time: a refresh token is good for one use.
 */
export class Session implements TokenSource {
  readonly #api: Api;
  readonly #options: SessionOptions;
  #tokens: TokensView;
  #usableUntilMs = 0;
  #refreshing: Promise<string> | undefined;
  #end: SessionEnd | undefined;

  constructor(api: Api, tokens: TokensView, options: SessionOptions = {}) {
    this.#api = api;
    this.#options = options;
    this.#tokens = tokens;
    this.#take(tokens);
  }

  static async signIn(api: Api, body: CallOf<'signIn'>['body'], options?: SessionOptions): Promise<Session> {
    return new Session(api, await api.call('signIn', { body }), options);
  }

  static async register(
    api: Api,
    body: CallOf<'register'>['body'],
    options?: SessionOptions,
  ): Promise<Session> {
    return new Session(api, await api.call('register', { body }), options);
  }

  get tokens(): TokensView {
    return this.#tokens;
  }

  get endedBecause(): SessionEnd | undefined {
    return this.#end;
  }

  usableForMs(): number {
    return Math.max(0, this.#usableUntilMs - performance.now());
  }

  async accessToken(): Promise<string> {
    if (this.#end !== undefined) throw signedOut();
    return this.usableForMs() > 0 ? this.#tokens.accessToken : this.#refresh();
  }

  async renew(refused: string): Promise<string> {
    if (this.#end !== undefined) throw signedOut();
    // Another call may have renewed it while this one was on its way.
    return refused === this.#tokens.accessToken ? this.#refresh() : this.#tokens.accessToken;
  }

  ended(): void {
    this.#finish('revoked');
  }

  /** Ends the session on the server too. Without a connection it ends here all the same. */
  async signOut(): Promise<AnswerOfRoute<'signOut'>> {
    if (this.#end !== undefined) return;
    const { accessToken } = this.#tokens;
    this.#finish('signed-out');
    await this.#api.as(unrenewed(accessToken)).call('signOut');
  }

  #refresh(): Promise<string> {
    this.#refreshing ??= this.#trade().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #trade(): Promise<string> {
    try {
      const { refreshToken } = this.#tokens;
      this.#take(await this.#api.call('refresh', { body: { refreshToken } }));
      return this.#tokens.accessToken;
    } catch (error) {
      if (isRefusal(error)) this.#finish('refresh-refused');
      throw error;
    }
  }

  #take(tokens: TokensView): void {
    this.#tokens = tokens;
    // Counted from now, on a clock that nobody sets back or forth.
    const lifeMs = Date.parse(tokens.accessTokenExpiresAt) - Date.now() - TOKEN_LEAD_MS;
    this.#usableUntilMs = performance.now() + Math.max(lifeMs, TOKEN_USE_MS_MIN);
    this.#options.onTokens?.(tokens);
  }

  #finish(reason: SessionEnd): void {
    if (this.#end !== undefined) return;
    this.#end = reason;
    this.#options.onEnd?.(reason);
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && (error.code === 'UNAUTHENTICATED' || error.code === 'SESSION_REVOKED');
}

function signedOut(): ApiError {
  return new ApiError({ code: 'SESSION_REVOKED', message: 'Signed out.', definite: true });
}

function unrenewed(token: string): TokenSource {
  return {
    accessToken: () => Promise.resolve(token),
    renew: () => Promise.reject(notSent('The session has ended.')),
    usableForMs: () => 0,
  };
}

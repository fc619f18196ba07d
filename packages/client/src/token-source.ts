import { ApiError } from './api-error.ts';

/** Where a connection or a call takes its access token from. */
export interface TokenSource {
  /** A token that is good for a while yet. Throws an `ApiError` when there is none to be had. */
  accessToken(): Promise<string>;
  /** The server refused this token: another one, please. */
  renew(refused: string): Promise<string>;
  /** How long the token at hand may be used before it should be renewed. */
  usableForMs(): number;
  /** The server says that the session has ended. */
  ended?(): void;
}

/** A token that nobody renews, for load generators and short scripts: when it ends, so does all that stands on it. */
export function fixedToken(token: string): TokenSource {
  return {
    accessToken: () => Promise.resolve(token),
    renew: () => Promise.reject(ended()),
    usableForMs: () => Number.POSITIVE_INFINITY,
  };
}

/** Asks whoever keeps the session for an access token. Throw an `ApiError` `UNAUTHENTICATED` where there is none any more. */
export type TokenProvider = () => string | Promise<string>;

/**
 * Tokens of somebody else's session: an app's own server, say. A function is asked for the next one when the server
 * wants it, once however many calls need it.
 */
export function tokensFrom(token: string | TokenProvider): TokenSource {
  if (typeof token === 'string') return fixedToken(token);
  let current: string | undefined;
  let asking: Promise<string> | undefined;
  const ask = () => {
    asking ??= Promise.resolve()
      .then(token)
      .then((next) => (current = next))
      .finally(() => (asking = undefined));
    return asking;
  };
  return {
    accessToken: () => (current === undefined ? ask() : Promise.resolve(current)),
    // Another call may have asked for it while this one was on its way.
    renew: (refused) => (current === undefined || current === refused ? ask() : Promise.resolve(current)),
    usableForMs: () => Number.POSITIVE_INFINITY,
  };
}

function ended(): ApiError {
  return new ApiError({
    code: 'TOKEN_EXPIRED',
    message: 'The token has ended, and there is no other.',
    definite: true,
  });
}

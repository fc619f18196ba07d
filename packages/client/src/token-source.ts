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

/** A token that somebody else looks after, for load generators and short scripts. It is never renewed. */
export function fixedToken(token: string): TokenSource {
  return {
    accessToken: () => Promise.resolve(token),
    renew: () => Promise.resolve(token),
    usableForMs: () => Number.POSITIVE_INFINITY,
  };
}

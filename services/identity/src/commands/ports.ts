import type { DeviceId, PushAddress, SessionId, Tenant, Timestamp, UserId } from '@parley/contracts';

import type { AccountLog } from './account-log.ts';

/** What proves a person: kept outside of their log, because a log cannot forget. */
export interface Credential {
  readonly userId: UserId;
  readonly username: string;
  /** The name to open the account with; from then on the log knows the name. */
  readonly displayName: string;
  readonly passwordHash: string;
}

export interface CredentialStore {
  /** Takes the user name for this person. False where the name, or the person's id, is taken. */
  reserve(credential: Credential): Promise<boolean>;
  find(username: string): Promise<Credential | undefined>;
}

/** The refresh side of a session. Whether the session lives is the log's to say: see `refresh.ts`. */
export interface StoredSession {
  readonly sessionId: SessionId;
  readonly userId: UserId;
  readonly deviceId: DeviceId;
  readonly familyHash: string;
  readonly secretHash: string;
  readonly expiresAt: Date;
  readonly revoked: boolean;
}

export interface SessionStore {
  /** Also forgets the person's sessions that have run out. */
  start(session: Omit<StoredSession, 'revoked'>): Promise<void>;
  find(sessionId: SessionId): Promise<StoredSession | undefined>;
  /** Puts the next secret in the place of the used one, in one statement. False where it was not the current one. */
  rotate(rotation: {
    readonly sessionId: SessionId;
    readonly usedHash: string;
    readonly nextHash: string;
    readonly expiresAt: Date;
  }): Promise<boolean>;
  revoke(sessionIds: readonly SessionId[]): Promise<void>;
  /** False where there is no such session of this person, or it has ended. */
  setPush(userId: UserId, sessionId: SessionId, push: PushAddress | null): Promise<boolean>;
  noteActivity(sessions: readonly { readonly sessionId: SessionId; readonly at: Timestamp }[]): Promise<void>;
}

/**
 * `tries` is how often the asker has tried of late: who has tried least is served first.
 * @throws {BusyError} when too many passwords wait to be hashed.
 */
export interface PasswordHashes {
  hash(password: string, tries: number): Promise<string>;
  /** Without a hash it works as long and says no: how long an answer takes tells nobody who exists. */
  matches(password: string, hash: string | undefined, tries: number): Promise<boolean>;
}

export type Allowance =
  | { readonly allowed: true; readonly tries: number }
  | { readonly allowed: false; readonly retryAfterMs: number };

export interface Throttle {
  /** Counts a try before the password is looked at, so that tries made at once are all counted. */
  trySignIn(username: string, address: string): Promise<Allowance>;
  /** Takes the try back: it was the person. */
  signedIn(username: string, address: string): Promise<void>;
  tryRegister(address: string): Promise<Allowance>;
}

export interface RefreshToken {
  readonly token: string;
  readonly sessionId: SessionId;
  readonly familyHash: string;
  readonly secretHash: string;
}

/** Makes and reads refresh tokens. Only hashes of what is in them are ever stored. */
export interface RefreshTokens {
  first(sessionId: SessionId): RefreshToken;
  next(used: RefreshToken): RefreshToken;
  parse(token: string): RefreshToken | undefined;
}

/** Signs access tokens: who, in which session, on which device, for a few minutes. */
export interface AccessTokens {
  issue(session: {
    readonly userId: UserId;
    readonly sessionId: SessionId;
    readonly deviceId: DeviceId;
  }): Promise<{ readonly accessToken: string; readonly accessTokenExpiresAt: Timestamp }>;
}

/** What the commands stand on. */
export interface IdentityPorts {
  readonly tenant: Tenant;
  readonly registrationOpen: boolean;
  readonly refreshTokenLifetimeMs: number;
  readonly accounts: AccountLog;
  readonly credentials: CredentialStore;
  readonly sessions: SessionStore;
  readonly passwords: PasswordHashes;
  readonly throttle: Throttle;
  readonly refreshTokens: RefreshTokens;
  readonly accessTokens: AccessTokens;
  /** Told of what went wrong without changing the answer. */
  readonly onFault: (error: unknown, context: Readonly<Record<string, unknown>>) => void;
}

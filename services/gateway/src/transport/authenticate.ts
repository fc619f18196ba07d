import { createHash } from 'node:crypto';

import { DeviceId, type ErrorCode, SessionId, UserId } from '@parley/contracts';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';

import type { RevokedSessions } from '../policies/revoked-sessions.ts';
import type { Identity } from './client-session.ts';

const ISSUER = 'parley';
const AUDIENCE = 'parley';
const TOKEN_TYPE = 'at+jwt';
const TOKEN_LENGTH_MAX = 8_192;
/** How many tokens are remembered as good, those that were used last: as many as one gateway holds sockets. */
const VERIFIED_COUNT_MAX = 20_000;
/** Keys are asked for again when a token names an unknown one, but not more often than this. */
const KEYS_AGE_MS_MIN = 5_000;

const Claims = z.object({ sub: UserId, sid: SessionId, did: DeviceId, tenant: z.string(), exp: z.number() });

export type AuthenticationFault = Extract<
  ErrorCode,
  'UNAUTHENTICATED' | 'TOKEN_EXPIRED' | 'SESSION_REVOKED' | 'UNAVAILABLE'
>;

/** Decides who is asking from an access token. What they may do is decided behind the edge. */
export class Authenticator {
  readonly #tenant: string;
  readonly #loadKeys: () => Promise<JSONWebKeySet | undefined>;
  readonly #revoked: RevokedSessions;
  readonly #onActive: (sessionId: SessionId) => void;
  #keys: ReturnType<typeof createLocalJWKSet> | undefined;
  #keysLoadedAtMs = Number.NEGATIVE_INFINITY;
  #loading: Promise<void> | undefined;
  /** By the hash of the token. Only its signature is spared: its end and its session are looked at each time. */
  readonly #verified = new Map<string, Identity>();

  constructor(options: {
    readonly tenant: string;
    readonly loadKeys: () => Promise<JSONWebKeySet | undefined>;
    readonly revoked: RevokedSessions;
    /** A session has just shown its token. */
    readonly onActive: (sessionId: SessionId) => void;
  }) {
    this.#tenant = options.tenant;
    this.#loadKeys = options.loadKeys;
    this.#revoked = options.revoked;
    this.#onActive = options.onActive;
  }

  async authenticate(token: string | undefined): Promise<Identity | AuthenticationFault> {
    if (token === undefined || token.length > TOKEN_LENGTH_MAX) return 'UNAUTHENTICATED';
    if (!this.#revoked.isCurrent) return 'UNAVAILABLE';
    const hash = createHash('sha256').update(token).digest('base64');
    const identity = this.#verified.get(hash) ?? (await this.#identify(token));
    if (typeof identity === 'string') return identity;
    if (identity.expiresAtMs <= Date.now()) {
      this.#verified.delete(hash);
      return 'TOKEN_EXPIRED';
    }
    const fault = this.faultOf(identity.sessionId);
    if (fault) return fault;
    this.#remember(hash, identity);
    this.#onActive(identity.sessionId);
    return identity;
  }

  /** Why a session that was good when it came may not act now. */
  faultOf(sessionId: SessionId): AuthenticationFault | undefined {
    if (!this.#revoked.isCurrent) return 'UNAVAILABLE';
    return this.#revoked.has(sessionId) ? 'SESSION_REVOKED' : undefined;
  }

  /** What a token says, once its signature is found good. */
  async #identify(token: string): Promise<Identity | AuthenticationFault> {
    const claims = await this.#verify(token);
    if (typeof claims === 'string') return claims;
    const parsed = Claims.safeParse(claims);
    if (!parsed.success || parsed.data.tenant !== this.#tenant) return 'UNAUTHENTICATED';
    const { sub, sid, did, exp } = parsed.data;
    return { userId: sub, sessionId: sid, deviceId: did, expiresAtMs: exp * 1_000 };
  }

  #remember(hash: string, identity: Identity): void {
    this.#verified.delete(hash);
    this.#verified.set(hash, identity);
    const [oldest] = this.#verified.keys();
    if (this.#verified.size > VERIFIED_COUNT_MAX && oldest !== undefined) this.#verified.delete(oldest);
  }

  async #verify(token: string): Promise<JWTPayload | AuthenticationFault> {
    for (let attempt = 1; ; attempt += 1) {
      if (this.#keys === undefined) await this.#refreshKeys();
      if (this.#keys === undefined) return 'UNAVAILABLE';
      try {
        const { payload } = await jwtVerify(token, this.#keys, {
          algorithms: ['EdDSA'],
          issuer: ISSUER,
          audience: AUDIENCE,
          typ: TOKEN_TYPE,
          requiredClaims: ['exp', 'iat'],
        });
        return payload;
      } catch (error) {
        if (error instanceof errors.JWTExpired) return 'TOKEN_EXPIRED';
        // An unknown key may be one that identity has begun to use since.
        if (!(error instanceof errors.JWKSNoMatchingKey) || attempt > 1) return 'UNAUTHENTICATED';
        await this.#refreshKeys();
      }
    }
  }

  async #refreshKeys(): Promise<void> {
    if (performance.now() - this.#keysLoadedAtMs < KEYS_AGE_MS_MIN) return;
    this.#loading ??= this.#replaceKeys().finally(() => {
      this.#loading = undefined;
    });
    await this.#loading;
  }

  async #replaceKeys(): Promise<void> {
    const keys = await this.#loadKeys();
    if (keys === undefined) return;
    this.#keys = createLocalJWKSet(keys);
    // A key may have been taken away; what it has signed is looked at anew.
    this.#verified.clear();
    this.#keysLoadedAtMs = performance.now();
  }
}

/** The token of an `Authorization: Bearer …` value. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer ([^\s]+)$/i.exec(authorization ?? '')?.[1];
}

import { DeviceId, type ErrorCode, SessionId, UserId } from '@parley/contracts';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';

import type { RevokedSessions } from '../policies/revoked-sessions.ts';
import type { Identity } from './client-session.ts';

const ISSUER = 'parley';
const AUDIENCE = 'parley';
const TOKEN_TYPE = 'at+jwt';
const TOKEN_LENGTH_MAX = 8_192;
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
  #keys: ReturnType<typeof createLocalJWKSet> | undefined;
  #keysLoadedAtMs = Number.NEGATIVE_INFINITY;
  #loading: Promise<void> | undefined;

  constructor(options: {
    readonly tenant: string;
    readonly loadKeys: () => Promise<JSONWebKeySet | undefined>;
    readonly revoked: RevokedSessions;
  }) {
    this.#tenant = options.tenant;
    this.#loadKeys = options.loadKeys;
    this.#revoked = options.revoked;
  }

  async authenticate(token: string | undefined): Promise<Identity | AuthenticationFault> {
    if (token === undefined || token.length > TOKEN_LENGTH_MAX) return 'UNAUTHENTICATED';
    if (!this.#revoked.isCurrent) return 'UNAVAILABLE';
    const claims = await this.#verify(token);
    if (typeof claims === 'string') return claims;
    const parsed = Claims.safeParse(claims);
    if (!parsed.success || parsed.data.tenant !== this.#tenant) return 'UNAUTHENTICATED';
    const { sub, sid, did, exp } = parsed.data;
    const fault = this.faultOf(sid);
    if (fault) return fault;
    return { userId: sub, sessionId: sid, deviceId: did, expiresAtMs: exp * 1_000 };
  }

  /** Why a session that was good when it came may not act now. */
  faultOf(sessionId: SessionId): AuthenticationFault | undefined {
    if (!this.#revoked.isCurrent) return 'UNAVAILABLE';
    return this.#revoked.has(sessionId) ? 'SESSION_REVOKED' : undefined;
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
    this.#keysLoadedAtMs = performance.now();
  }
}

/** The token of an `Authorization: Bearer …` value. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer ([^\s]+)$/i.exec(authorization ?? '')?.[1];
}

import { readFile } from 'node:fs/promises';

import type { DeviceId, SessionId, Tenant, Timestamp, UserId } from '@parley/contracts';
import { type CryptoKey, importJWK, type JWK, SignJWT } from 'jose';
import { z } from 'zod';

export const ACCESS_TOKEN_LIFETIME_MS = 600_000;

const ISSUER = 'parley';
const AUDIENCE = 'parley';
/** An access token says what it is, so no other token of ours can be used as one. */
const TOKEN_TYPE = 'at+jwt';
const ALGORITHM = 'EdDSA';

const KEY_TEXT = /^[A-Za-z0-9_-]{43}$/;
const PrivateKey = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  kid: z.string().min(1).max(64),
  x: z.string().regex(KEY_TEXT),
  d: z.string().regex(KEY_TEXT),
});

/** The key cannot be used. The message says why in a sentence, and nothing of what is in the file. */
export class SigningKeyError extends Error {
  override readonly name = 'SigningKeyError';
}

/** The key that signs access tokens. Its private half leaves this object for nobody. */
export class SigningKey {
  readonly #key: CryptoKey;
  readonly #tenant: Tenant;
  /** What gateways verify with. */
  readonly publicKeys: readonly Readonly<Record<string, unknown>>[];

  private constructor(key: CryptoKey, publicJwk: JWK, tenant: Tenant) {
    this.#key = key;
    this.#tenant = tenant;
    this.publicKeys = [{ ...publicJwk }];
  }

  /** @throws {SigningKeyError} when the file is missing or is no private Ed25519 key with a name. */
  static async load(file: string, tenant: Tenant): Promise<SigningKey> {
    const text = await readFile(file, 'utf8').catch(() => {
      throw new SigningKeyError(`The signing key ${file} (SIGNING_KEY_FILE) cannot be read.`);
    });
    const parsed = PrivateKey.safeParse(parseJson(text));
    if (!parsed.success) {
      throw new SigningKeyError(
        `The signing key ${file} (SIGNING_KEY_FILE) is no private Ed25519 JWK with a kid.`,
      );
    }
    const { kty, crv, kid, x } = parsed.data;
    const key = await importJWK(parsed.data, ALGORITHM).catch(() => undefined);
    if (key === undefined || key instanceof Uint8Array) {
      throw new SigningKeyError(`The signing key ${file} (SIGNING_KEY_FILE) does not fit its public half.`);
    }
    return new SigningKey(key, { kty, crv, kid, x, alg: ALGORITHM, use: 'sig' }, tenant);
  }

  async issue(session: {
    readonly userId: UserId;
    readonly sessionId: SessionId;
    readonly deviceId: DeviceId;
  }): Promise<{ readonly accessToken: string; readonly accessTokenExpiresAt: Timestamp }> {
    // A token counts in whole seconds; what is said of its end is what is in it.
    const issuedAtSeconds = Math.floor(Date.now() / 1_000);
    const expiresAtSeconds = issuedAtSeconds + ACCESS_TOKEN_LIFETIME_MS / 1_000;
    const accessToken = await new SignJWT({
      sid: session.sessionId,
      did: session.deviceId,
      tenant: this.#tenant,
    })
      .setProtectedHeader({ alg: ALGORITHM, typ: TOKEN_TYPE, kid: String(this.publicKeys[0]?.['kid']) })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(session.userId)
      .setIssuedAt(issuedAtSeconds)
      .setExpirationTime(expiresAtSeconds)
      .sign(this.#key);
    const expiresAt = new Date(expiresAtSeconds * 1_000).toISOString();
    return { accessToken, accessTokenExpiresAt: expiresAt as Timestamp };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

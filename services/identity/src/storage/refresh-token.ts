import { createHash, randomBytes } from 'node:crypto';

import { SessionId } from '@parley/contracts';

const FAMILY_BYTES = 16;
const SECRET_BYTES = 32;
/** Session, the family's secret, this token's secret; the lengths are those of the bytes above in base64url. */
const TOKEN = /^(?<sessionId>ses_[0-9a-z]{26})\.(?<family>[\w-]{22})\.(?<secret>[\w-]{43})$/;

interface RefreshToken {
  readonly token: string;
  readonly sessionId: SessionId;
  readonly familyHash: string;
  readonly secretHash: string;
}

/*
 * A refresh token is `<session>.<family>.<secret>`. The secret is new each time and good once. The family's
 * secret stays: it proves that a token whose own secret is not the current one was real some time, so that a
 * used token is told from an invented one without keeping all the used ones.
 */

export function firstRefreshToken(sessionId: SessionId): RefreshToken {
  return refreshToken(sessionId, randomText(FAMILY_BYTES), randomText(SECRET_BYTES));
}

export function nextRefreshToken(used: RefreshToken): RefreshToken {
  const family = TOKEN.exec(used.token)?.groups?.['family'] ?? randomText(FAMILY_BYTES);
  return refreshToken(used.sessionId, family, randomText(SECRET_BYTES));
}

/** What a token says, or undefined where it is none. */
export function parseRefreshToken(token: string): RefreshToken | undefined {
  const groups = TOKEN.exec(token)?.groups;
  const sessionId = SessionId.safeParse(groups?.['sessionId']);
  if (groups === undefined || !sessionId.success) return undefined;
  return refreshToken(sessionId.data, groups['family'] ?? '', groups['secret'] ?? '');
}

function refreshToken(sessionId: SessionId, family: string, secret: string): RefreshToken {
  return {
    token: `${sessionId}.${family}.${secret}`,
    sessionId,
    familyHash: sha256(family),
    secretHash: sha256(secret),
  };
}

/** Plain SHA-256 is enough for a secret of 256 random bits: nobody can try them all. */
function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function randomText(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

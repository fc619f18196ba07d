import { newId, type SessionId } from '@parley/contracts';
import { expect, test } from 'vitest';

import { firstRefreshToken, nextRefreshToken, parseRefreshToken } from './refresh-token.ts';

const sessionId = newId<SessionId>('ses');

test('a token says its session and hashes of its secrets, and nothing stored can be turned back into it', () => {
  const first = firstRefreshToken(sessionId);
  expect(parseRefreshToken(first.token)).toEqual(first);
  const [, family, secret] = first.token.split('.');
  expect([first.familyHash, first.secretHash]).not.toContain(family);
  expect([first.familyHash, first.secretHash]).not.toContain(secret);
});

test('the next token is of the same family and has a secret of its own', () => {
  const first = firstRefreshToken(sessionId);
  const next = nextRefreshToken(first);
  expect(next.familyHash).toBe(first.familyHash);
  expect(next.secretHash).not.toBe(first.secretHash);
});

test.each(['', 'x', `${sessionId}.a.b`, `${firstRefreshToken(sessionId).token}.x`, `${sessionId}..`])(
  'what is no token is none: %s',
  (text) => {
    expect(parseRefreshToken(text)).toBeUndefined();
  },
);

import { expect, test } from 'vitest';

import { PasswordHashes } from './password-hash.ts';

const passwords = await PasswordHashes.create();

test('the right password matches, another does not', async () => {
  const hash = await passwords.hash('chào buổi sáng', 1);
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await passwords.matches('chào buổi sáng', hash, 1)).toBe(true);
  expect(await passwords.matches('chào buổi tối', hash, 1)).toBe(false);
});

test('the same letters from another keyboard are the same password', async () => {
  const hash = await passwords.hash('Việt Nam 2026'.normalize('NFD'), 1);
  expect(await passwords.matches('Việt Nam 2026'.normalize('NFC'), hash, 1)).toBe(true);
});

test('nobody’s password is never right', async () => {
  expect(await passwords.matches('anything', undefined, 1)).toBe(false);
});

test('two hashes of one password differ', async () => {
  const [one, two] = await Promise.all([passwords.hash('same again', 1), passwords.hash('same again', 1)]);
  expect(one).not.toBe(two);
});

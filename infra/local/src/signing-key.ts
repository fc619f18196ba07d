import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { exists } from './cache.ts';

/** The key that access tokens are signed with: made once, readable by us only. */
export async function ensureSigningKey(directory: string): Promise<string> {
  const file = join(directory, 'signing-key.json');
  if (await exists(file)) return file;

  await mkdir(directory, { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync('ed25519');
  const key = privateKey.export({ format: 'jwk' });
  const kid = createHash('sha256').update(String(key['x'])).digest('base64url').slice(0, 16);
  const draft = `${file}.${process.pid}.part`;
  await writeFile(draft, JSON.stringify({ ...key, kid, alg: 'EdDSA', use: 'sig' }), { mode: 0o600 });
  await rename(draft, file);

  return file;
}

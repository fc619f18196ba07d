import { createHash, randomUUID } from 'node:crypto';

import type { CommandContract, UserId } from '@parley/contracts';

/** Enough of a hash that two acts of one person under one key never share it. */
const DIGEST_LENGTH = 22;

/** What somebody asks for, and under which key, where they named one. */
interface Asked {
  readonly userId: UserId;
  readonly type: CommandContract['type'];
  readonly data: object;
  readonly key: string | undefined;
}

/**
 * What a retry is known by: who asks for what, under which key. The content is part of it, so a key that is used again
 * for something else names another act, and is not answered with what the first one did. Without a key no two are one.
 */
export function commandIdOf({ userId, type, data, key = randomUUID() }: Asked): string {
  const digest = createHash('sha256').update(JSON.stringify(data)).digest('base64url');
  return `${userId}:${type}:${digest.slice(0, DIGEST_LENGTH)}:${key}`;
}

import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

import { FairQueue } from './fair-queue.ts';

const argon2Async = promisify(argon2);

/** OWASP's first choice for argon2id. A hash says its own parameters, so these may rise later. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const HASH_BYTES = 32;
const SALT_BYTES = 16;
/** How high the parameters of a stored hash may be: whoever can write a row must not be able to stop the process. */
const MEMORY_KIB_MAX = 262_144;
const PASSES_MAX = 10;

/** Each takes 19 MiB and a core for about 25 ms: two at once, and what would wait longer than seconds is refused. */
const QUEUE_LIMITS = { runningMax: 2, waitingMax: 256, waitMsMax: 5_000 } as const;

const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** Passwords as argon2id hashes in the usual `$argon2id$…` spelling. */
export class PasswordHashes {
  readonly #queue = new FairQueue(QUEUE_LIMITS);
  readonly #nobody: string;

  private constructor(nobody: string) {
    this.#nobody = nobody;
  }

  /** With the hash of a password that nobody has, for people who do not exist. */
  static async create(): Promise<PasswordHashes> {
    return new PasswordHashes(await hashPassword(randomBytes(SALT_BYTES).toString('hex')));
  }

  async hash(password: string, tries: number): Promise<string> {
    return this.#queue.run(tries, () => hashPassword(password));
  }

  async matches(password: string, hash: string | undefined, tries: number): Promise<boolean> {
    return this.#queue.run(tries, async () => {
      const same = await isPasswordOf(password, hash ?? this.#nobody);
      return same && hash !== undefined;
    });
  }
}

async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await argon2Async('argon2id', {
    message: asTyped(password),
    nonce: salt,
    memory: MEMORY_KIB,
    passes: PASSES,
    parallelism: LANES,
    tagLength: HASH_BYTES,
  });
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${unpadded(salt)}$${unpadded(hash)}`;
}

async function isPasswordOf(password: string, phc: string): Promise<boolean> {
  const [, memory, passes, lanes, salt, expected] = PHC.exec(phc) ?? [];
  if (salt === undefined || expected === undefined) throw new Error('a stored password hash is unreadable');
  if (Number(memory) > MEMORY_KIB_MAX || Number(passes) > PASSES_MAX) {
    throw new Error('a stored password hash asks for more work than is allowed');
  }
  const expectedHash = Buffer.from(expected, 'base64');
  const hash = await argon2Async('argon2id', {
    message: asTyped(password),
    nonce: Buffer.from(salt, 'base64'),
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(lanes),
    tagLength: expectedHash.length,
  });
  return timingSafeEqual(hash, expectedHash);
}

/** One person's keyboards compose "ệ" differently; the password is the same. */
function asTyped(password: string): string {
  return password.normalize('NFC');
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

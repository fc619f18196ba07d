import { hkdfSync } from 'node:crypto';

import { commonConfig, commonEnvironment, parseEnvironment } from '@parley/service-kit';
import { z } from 'zod';

const SHARED_KEY_BYTES = 32;

export type Config = ReturnType<typeof loadConfig>;

/** The one reader of the environment in this service. One error names every bad variable. */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>) {
  const env = parseEnvironment(
    {
      ...commonEnvironment,
      /** Origins that browsers may come from, comma separated. The gateway's own origin needs no entry. */
      ALLOWED_ORIGINS: z.string().default(''),
      /** How many sockets one person, and one address, may have open. */
      SOCKETS_PER_PERSON_MAX: z.coerce.number().int().positive().default(10),
      SOCKETS_PER_ADDRESS_MAX: z.coerce.number().int().positive().default(200),
      /** Whether the address is taken from X-Forwarded-For: only behind a proxy that sets it. */
      TRUST_PROXY: z.stringbool().default(false),
    },
    environment,
  );
  const origins = env.ALLOWED_ORIGINS.split(',').filter((origin) => origin !== '');

  return {
    ...commonConfig(env),
    origins,
    limits: { socketsPerPerson: env.SOCKETS_PER_PERSON_MAX, socketsPerAddress: env.SOCKETS_PER_ADDRESS_MAX },
    trustProxy: env.TRUST_PROXY,
    cursorKey: sharedKey(env.NATS_URL, 'parley cursor'),
    inviteKey: sharedKey(env.NATS_URL, 'parley invite'),
  };
}

/** All gateways share one broker credential, so they know the same keys without a secret of their own. */
function sharedKey(natsUrl: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', new URL(natsUrl).password, '', purpose, SHARED_KEY_BYTES));
}

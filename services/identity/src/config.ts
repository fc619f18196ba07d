import {
  commonConfig,
  commonEnvironment,
  databaseConfig,
  databaseEnvironment,
  parseEnvironment,
} from '@parley/service-kit';
import { z } from 'zod';

const DAY_MS = 86_400_000;
const count = z.coerce.number().int().positive();

export type Config = ReturnType<typeof loadConfig>;

/** The one reader of the environment in this service. One error names every bad variable. */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>) {
  const env = parseEnvironment(
    {
      ...commonEnvironment,
      ...databaseEnvironment,
      REDIS_URL: z.url({ protocol: /^rediss?$/ }),
      /** A private Ed25519 JWK with a `kid`. */
      SIGNING_KEY_FILE: z.string().min(1),
      REGISTRATION: z.enum(['open', 'closed']).default('open'),
      REFRESH_TOKEN_DAYS: count.max(3_650).default(60),
      /** Per 15 minutes: tries of one account from one address, tries from one address, new accounts from one. */
      TRIES_PER_ACCOUNT_MAX: count.default(10),
      TRIES_PER_ADDRESS_MAX: count.default(100),
      ACCOUNTS_PER_ADDRESS_MAX: count.default(100),
    },
    environment,
  );

  return {
    ...commonConfig(env),
    database: databaseConfig(env),
    redis: { url: env.REDIS_URL },
    signingKeyFile: env.SIGNING_KEY_FILE,
    registrationOpen: env.REGISTRATION === 'open',
    refreshTokenLifetimeMs: env.REFRESH_TOKEN_DAYS * DAY_MS,
    throttle: {
      triesPerAccountMax: env.TRIES_PER_ACCOUNT_MAX,
      triesPerAddressMax: env.TRIES_PER_ADDRESS_MAX,
      accountsPerAddressMax: env.ACCOUNTS_PER_ADDRESS_MAX,
    },
  };
}

import { hkdfSync } from 'node:crypto';

import { commonConfig, commonEnvironment, parseEnvironment } from '@parley/service-kit';
import { z } from 'zod';

const SHARED_KEY_BYTES = 32;

/** As a browser says it: no path, no pattern. One that is none would let nobody in, and nobody would see why. */
const Origin = z
  .string()
  .refine(isOrigin, 'must be origins such as https://chat.example, with commas between');

export type Config = ReturnType<typeof loadConfig>;

/** The one reader of the environment in this service. One error names every bad variable. */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>) {
  const env = parseEnvironment(
    {
      ...commonEnvironment,
      /** Origins that browsers may come from, comma separated. The gateway's own origin needs no entry. */
      ALLOWED_ORIGINS: z.string().default('').transform(listed).pipe(z.array(Origin)),
      REDIS_URL: z.url({ protocol: /^rediss?$/ }),
      /** How many requests one person, and one address, may make in ten seconds. */
      REQUESTS_PER_PERSON_MAX: z.coerce.number().int().positive().default(1_000),
      REQUESTS_PER_ADDRESS_MAX: z.coerce.number().int().positive().default(10_000),
      /** How many sockets one person, and one address, may have open. */
      SOCKETS_PER_PERSON_MAX: z.coerce.number().int().positive().default(10),
      SOCKETS_PER_ADDRESS_MAX: z.coerce.number().int().positive().default(200),
      /** How many events one socket may say each second, and how many at once. */
      EVENTS_PER_SECOND_MAX: z.coerce.number().int().positive().default(20),
      EVENT_BURST_MAX: z.coerce.number().int().positive().default(40),
      /** A hundred events over that are a strike; after so many the person is sent out for a while. */
      STRIKE_COUNT_MAX: z.coerce.number().int().positive().default(3),
      UNKNOWN_EVENT_COUNT_MAX: z.coerce.number().int().positive().default(20),
      /** How many sockets are let in at a time; the others wait in line. */
      CONNECTS_AT_ONCE_MAX: z.coerce.number().int().positive().default(64),
      /** Whether the address is taken from X-Forwarded-For: only behind a proxy that sets it. */
      TRUST_PROXY: z.stringbool().default(false),
    },
    environment,
  );
  return {
    ...commonConfig(env),
    origins: env.ALLOWED_ORIGINS,
    redis: { url: env.REDIS_URL },
    limits: {
      socketsPerPerson: env.SOCKETS_PER_PERSON_MAX,
      socketsPerAddress: env.SOCKETS_PER_ADDRESS_MAX,
      requestsPerPerson: env.REQUESTS_PER_PERSON_MAX,
      requestsPerAddress: env.REQUESTS_PER_ADDRESS_MAX,
      eventsPerSecond: env.EVENTS_PER_SECOND_MAX,
      eventBurst: env.EVENT_BURST_MAX,
      strikes: env.STRIKE_COUNT_MAX,
      unknownEvents: env.UNKNOWN_EVENT_COUNT_MAX,
      connectsAtOnce: env.CONNECTS_AT_ONCE_MAX,
    },
    trustProxy: env.TRUST_PROXY,
    cursorKey: sharedKey(env.NATS_URL, 'parley cursor'),
    syncKey: sharedKey(env.NATS_URL, 'parley sync'),
    inviteKey: sharedKey(env.NATS_URL, 'parley invite'),
  };
}

function listed(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function isOrigin(text: string): boolean {
  return /^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** All gateways share one broker credential, so they know the same keys without a secret of their own. */
function sharedKey(natsUrl: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', new URL(natsUrl).password, '', purpose, SHARED_KEY_BYTES));
}

import type { NatsConnection } from '@nats-io/transport-node';
import type { IdentityEvent } from '@parley/contracts';
import type { Projection } from '@parley/event-sourcing';
import {
  connectNats,
  isBrokerThere,
  JetStreamEventStore,
  serveQueries,
  verifyTopology,
} from '@parley/jetstream';
import { connectPostgres, ProjectionRunner } from '@parley/postgres';
import {
  type Health,
  type ServiceModule,
  type StartContext,
  type Started,
  StartRefusedError,
} from '@parley/service-kit';
import { connectRedis, type Redis } from '@parley/service-kit/shared-limit';
import type { Kysely } from 'kysely';

import { AccountLog } from './commands/account-log.ts';
import type { IdentityPorts } from './commands/ports.ts';
import { type Config, loadConfig } from './config.ts';
import { devices } from './projections/devices.projection.ts';
import { people } from './projections/people.projection.ts';
import { CredentialStore } from './storage/credential-store.ts';
import { PasswordHashes } from './storage/password-hash.ts';
import { firstRefreshToken, nextRefreshToken, parseRefreshToken } from './storage/refresh-token.ts';
import type { IdentityDb } from './storage/schema.ts';
import { SessionStore } from './storage/session-store.ts';
import { SignInThrottle } from './storage/sign-in-throttle.ts';
import { SigningKey, SigningKeyError } from './storage/signing-key.ts';
import { identityAnswers, identityContracts } from './transport/answers.ts';

/** Accounts, credentials, sessions and devices, profiles; the one who signs access tokens. */
export const identityModule: ServiceModule<Config> = { name: 'identity', config: loadConfig, start };

async function start(context: StartContext<Config>): Promise<Started> {
  const { config, log, instance } = context;
  const { tenant } = config;
  const signingKey = await loadSigningKey(config);
  const nc = await connectNats({ url: config.nats.url, name: instance });
  await verifyTopology(nc, config);
  const db = connectPostgres<IdentityDb>({ ...config.database, name: instance });
  const redis = connectRedis(config.redis.url);
  const onFault = (error: unknown, about: object) => log.error({ err: error, ...about }, 'a fault');

  const ports: IdentityPorts = {
    tenant,
    registrationOpen: config.registrationOpen,
    refreshTokenLifetimeMs: config.refreshTokenLifetimeMs,
    accounts: new AccountLog(
      await JetStreamEventStore.open<IdentityEvent>(nc, { log: 'user', tenant }),
      tenant,
    ),
    credentials: new CredentialStore(db, tenant),
    sessions: new SessionStore(db, tenant),
    passwords: await PasswordHashes.create(),
    throttle: new SignInThrottle(redis, tenant, config.throttle),
    refreshTokens: { first: firstRefreshToken, next: nextRefreshToken, parse: parseRefreshToken },
    accessTokens: signingKey,
    onFault,
  };
  const runners = projectionRunners(context, nc, db);
  for (const runner of Object.values(runners)) runner.start();
  const serving = await serveQueries(nc, {
    service: 'identity',
    contracts: identityContracts,
    answers: identityAnswers(ports, {
      db,
      publicKeys: signingKey.publicKeys,
      people: runners.people,
      devices: runners.devices,
    }),
    onFault,
  });

  return {
    health: () => healthOf(nc, redis, Object.values(runners)),
    async stop() {
      await serving.stop();
      await Promise.all(Object.values(runners).map((runner) => runner.stop()));
      redis.disconnect();
      await nc.drain();
      await db.destroy();
    },
  };
}

async function loadSigningKey(config: Config): Promise<SigningKey> {
  try {
    return await SigningKey.load(config.signingKeyFile, config.tenant);
  } catch (error) {
    if (error instanceof SigningKeyError) {
      throw new StartRefusedError(error.message, { cause: error });
    }
    throw error;
  }
}

function projectionRunners(context: StartContext<Config>, nc: NatsConnection, db: Kysely<IdentityDb>) {
  const { config, log, instance } = context;
  const runnerOf = (projection: Projection<IdentityEvent, IdentityDb>) =>
    new ProjectionRunner({ nc, db, databaseUrl: config.database.url, instance, projection, log });
  return { people: runnerOf(people), devices: runnerOf(devices) };
}

async function healthOf(
  nc: NatsConnection,
  redis: Redis,
  runners: readonly ReturnType<typeof projectionRunners>['people'][],
): Promise<Health> {
  const statuses = runners.map((runner) => runner.status());
  const nats = { healthy: await isBrokerThere(nc) };
  const projections = Object.fromEntries(
    statuses.map(({ projection, healthy, state, error }) => [
      projection,
      { healthy, detail: error ?? state },
    ]),
  );
  return {
    healthy: nats.healthy && statuses.every(({ healthy }) => healthy),
    components: { nats, ...projections, redis: { healthy: redis.status === 'ready', detail: redis.status } },
  };
}

import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { NatsConnection } from '@nats-io/transport-node';
import {
  type IdentityEvent,
  newId,
  type Outcome,
  type RecordedEvent,
  type Tenant,
  type TokensView,
  type UserId,
} from '@parley/contracts';
import {
  type AskContract,
  applyTopology,
  askQuery,
  connectNats,
  JetStreamEventStore,
  type OutcomeOf,
} from '@parley/jetstream';
import { type Infra, startInfra } from '@parley/local';
import { connectPostgres, migrateSchema } from '@parley/postgres';
import { type RunningService, startService } from '@parley/service-kit';
import type { Kysely } from 'kysely';
import type { z } from 'zod';

import { identityModule } from '../src/identity.module.ts';
import { migrations } from '../src/storage/migrations/index.ts';
import type { IdentityDb } from '../src/storage/schema.ts';

const ASK_TIMEOUT_MS = 8_000;

export const tenant = 'main' as Tenant;
export const kid = 'test-key';
export const password = 'correct horse battery';

/** An identity service on an infrastructure of its own, asked as the gateway asks it. */
export interface IdentityWorld extends AsyncDisposable {
  readonly infra: Infra;
  readonly environment: Readonly<Record<string, string>>;
  /** The service's own rows, seen from outside. */
  readonly db: Kysely<IdentityDb>;
  /** The service's own NATS user: what another instance of it may do. */
  readonly nc: NatsConnection;
  readonly store: JetStreamEventStore<IdentityEvent>;
  start(overrides?: Readonly<Record<string, string>>): Promise<RunningService>;
  ask<const C extends AskContract>(
    contract: C,
    data: z.input<C['input']>,
    asking?: { readonly actorId?: UserId; readonly minPosition?: string | undefined },
  ): Promise<OutcomeOf<C>>;
  events(userId: UserId): Promise<readonly RecordedEvent<IdentityEvent>[]>;
}

export async function identityWorld(): Promise<IdentityWorld> {
  const infra = await startInfra();
  const migrating = await connectNats({ url: infra.nats.url('admin'), name: 'migrate' });
  await applyTopology(migrating);
  await migrating.close();
  await migrateSchema({
    adminUrl: infra.postgres.url('admin'),
    schema: 'identity',
    role: 'identity',
    migrations,
  });
  const environment = {
    NATS_URL: infra.nats.url('identity'),
    DATABASE_URL: infra.postgres.url('identity'),
    REDIS_URL: infra.redis.url,
    SIGNING_KEY_FILE: await writeSigningKey(infra.dataDir),
    LOG_LEVEL: 'silent',
    INSTANCE: 'identity-1',
  };
  const gateway = await connectNats({ url: infra.nats.url('gateway'), name: 'test gateway' });
  const nc = await connectNats({ url: infra.nats.url('identity'), name: 'test' });
  const store = await JetStreamEventStore.open<IdentityEvent>(nc, { log: 'user', tenant });
  const db = connectPostgres<IdentityDb>({ url: infra.postgres.url('identity'), name: 'test' });
  const running: RunningService[] = [];

  return {
    infra,
    environment,
    db,
    nc,
    store,
    async start(overrides = {}) {
      const service = await startService(identityModule, { ...environment, ...overrides }, fail);
      running.push(service);
      return service;
    },
    ask: (contract, data, { actorId, minPosition } = {}) =>
      askQuery(gateway, contract, {
        data,
        meta: {
          tenant,
          correlationId: 'request-1',
          ...(actorId === undefined ? {} : { actorId }),
          ...(minPosition === undefined ? {} : { minPosition }),
        },
        timeoutMs: ASK_TIMEOUT_MS,
        isAct: true,
      }),
    async events(userId) {
      const { position } = await store.tail(userId);
      return store.readLane(userId, 'a', { upTo: position });
    },
    async [Symbol.asyncDispose]() {
      for (const service of running) await service.stop();
      await db.destroy();
      await Promise.all([gateway.close(), nc.close()]);
      await infra.stop();
    },
  };
}

/** An account nobody else has: parallel tests share one service. */
export function newPerson(name: string) {
  const userId = newId<UserId>('usr');
  return {
    userId,
    username: `${name}${userId.slice(-12)}`.replaceAll(/[^a-z0-9]/g, ''),
    displayName: name,
    password,
    device: { name: 'phone', platform: 'android' },
    address: userId,
  } as const;
}

const TRIES_WHILE_BUSY_MAX = 10;

/** Asks again who was sent away because too many wait: definite, nothing was done, and a busy machine says it. */
export async function untilNotBusy<Result extends Outcome>(ask: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    const outcome = await ask();
    const isBusy = outcome.kind === 'failed' && outcome.fault === 'unavailable';
    if (!isBusy || tries === TRIES_WHILE_BUSY_MAX) return outcome;
  }
}

export function answerOf<Answer>(outcome: { readonly kind: string }): Answer {
  if (outcome.kind !== 'ok') throw new Error(`no answer, but ${JSON.stringify(outcome)}`);
  return (outcome as unknown as { readonly answer: Answer }).answer;
}

export function tokensOf(outcome: { readonly kind: string }): TokensView {
  return answerOf<TokensView>(outcome);
}

async function writeSigningKey(directory: string): Promise<string> {
  const file = join(directory, 'signing-key.json');
  const { privateKey } = generateKeyPairSync('ed25519');
  await writeFile(file, JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid }), { mode: 0o600 });
  return file;
}

function fail(error: unknown): never {
  throw error;
}

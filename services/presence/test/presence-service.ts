import type { NatsConnection } from '@nats-io/transport-node';
import {
  getPresence,
  getSettings,
  type IdentityEvent,
  type Lease,
  newId,
  ok,
  type PersonalSettingsAt,
  personalSettingsByDefault,
  PresenceAt,
  renewLeases,
  type StoredEvent,
  type Tenant,
  timestampOf,
  type UserId,
} from '@parley/contracts';
import { applyTopology, askQuery, connectNats, JetStreamEventStore, serveQueries } from '@parley/jetstream';
import { type Infra, startInfra } from '@parley/local';
import { type RunningService, startService } from '@parley/service-kit';
import { connectRedis, type Redis } from '@parley/service-kit/shared-limit';

import { presenceModule } from '../src/presence.module.ts';

const ASK_TIMEOUT_MS = 5_000;
export const tenant = 'main' as Tenant;
const meta = { tenant, correlationId: 'a-test' };

/** A presence service on an infrastructure of its own, and the two that it speaks with: a gateway and identity. */
export class PresenceWorld implements AsyncDisposable {
  readonly infra: Infra;
  readonly redis: Redis;
  /** What everybody was told, in order. */
  readonly told: PresenceAt[] = [];
  /** What people have chosen, as identity says; who is not here has chosen nothing. */
  readonly chosen = new Map<UserId, PersonalSettingsAt>();
  askedCount = 0;
  readonly #gateway: NatsConnection;
  readonly #identity: NatsConnection;
  readonly #running: RunningService[] = [];

  private constructor(infra: Infra, gateway: NatsConnection, identity: NatsConnection) {
    this.infra = infra;
    this.#gateway = gateway;
    this.#identity = identity;
    this.redis = connectRedis(infra.redis.url);
  }

  static async open(): Promise<PresenceWorld> {
    const infra = await startInfra();
    const migrating = await connectNats({ url: infra.nats.url('admin'), name: 'migrate' });
    await applyTopology(migrating);
    await migrating.close();
    const [gateway, identity] = await Promise.all(
      ['gateway', 'identity'].map((user) => connectNats({ url: infra.nats.url(user), name: `test ${user}` })),
    );
    if (gateway === undefined || identity === undefined) throw new Error('two were asked for');
    const world = new PresenceWorld(infra, gateway, identity);
    await world.#listen();
    return world;
  }

  async start(name = 'presence-1'): Promise<RunningService> {
    const environment = {
      NATS_URL: this.infra.nats.url('presence'),
      REDIS_URL: this.infra.redis.url,
      LOG_LEVEL: 'silent',
      INSTANCE: name,
    };
    const service = await startService(presenceModule, environment, (error) => {
      throw error;
    });
    this.#running.push(service);
    return service;
  }

  /** What a gateway says of devices; answers whether it was taken. */
  async renew(gateway: string, ...leases: readonly Lease[]): Promise<boolean> {
    const data = { gateway, leases: [...leases] };
    const outcome = await askQuery(this.#gateway, renewLeases, { data, meta, timeoutMs: ASK_TIMEOUT_MS });
    return outcome.kind === 'ok';
  }

  async look(...userIds: readonly UserId[]) {
    const data = { userIds: [...userIds] };
    const outcome = await askQuery(this.#gateway, getPresence, { data, meta, timeoutMs: ASK_TIMEOUT_MS });
    return outcome.kind === 'ok' ? outcome.answer : undefined;
  }

  async statusOf(userId: UserId) {
    return (await this.look(userId))?.people[0]?.status;
  }

  /** What watchers of somebody were told, in order. */
  toldOf(userId: UserId) {
    return this.told.filter((one) => one.userId === userId).map(({ status }) => status);
  }

  /** Somebody chooses, with nobody but the log to tell of it. */
  async choose(userId: UserId, presence: 'everybody' | 'nobody', seq: number): Promise<void> {
    const settings = { ...personalSettingsByDefault, presence };
    this.chosen.set(userId, { settings, seq });
    const store = await JetStreamEventStore.open<IdentityEvent>(this.#identity, { log: 'user', tenant });
    const event: StoredEvent<IdentityEvent> = {
      type: 'identity.settings-changed',
      data: { userId, settings },
      id: newId('evt'),
      v: 1,
      tenant,
      aggregateId: userId,
      seq,
      actorId: userId,
      at: timestampOf(Date.now()),
      causationId: newId('cmd'),
      correlationId: 'a-test',
    };
    await store.append(userId, [event], (await store.tail(userId)).position);
  }

  async #listen(): Promise<void> {
    await serveQueries(this.#identity, {
      service: 'identity',
      contracts: [getSettings],
      answers: {
        'identity.get-settings': async ({ data: { userId } }) => {
          this.askedCount += 1;
          return ok(this.chosen.get(userId) ?? { settings: personalSettingsByDefault, seq: 1 });
        },
      },
      onFault: (error) => {
        throw error;
      },
    });
    this.#gateway.subscribe('live.user.*.*.*.s.presence', {
      callback: (_, message) => {
        this.told.push(PresenceAt.parse(message.json()));
      },
    });
    await this.#gateway.flush();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#running.map((service) => service.stop()));
    this.redis.disconnect();
    await Promise.all([this.#gateway.close(), this.#identity.close()]);
    await this.infra.stop();
  }
}

/** A device that is heard now. */
export function heard(userId: UserId, changes: Partial<Lease> = {}): Lease {
  return { userId, deviceId: newId('dev'), heardMsAgo: 0, isAway: false, isGone: false, ...changes };
}

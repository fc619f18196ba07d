import type { NatsConnection } from '@nats-io/transport-node';
import {
  getSettings,
  type IdentityEvent,
  type PersonalSettingsAt,
  personPresent,
  presenceCommands,
  presenceQueries,
  type Tenant,
  type UserId,
} from '@parley/contracts';
import {
  askQuery,
  connectNats,
  isBrokerThere,
  personSignal,
  runPolicy,
  serveQueries,
  streamOfLog,
  verifyTopology,
} from '@parley/jetstream';
import type { ServiceModule, StartContext, Started } from '@parley/service-kit';
import { connectRedis } from '@parley/service-kit/shared-limit';

import { PeoplePresent } from './commands/people-present.ts';
import { type Config, loadConfig } from './config.ts';
import { type Choice, hidePresence } from './policies/hide-presence.policy.ts';
import { lookAfterLeases } from './policies/look-after-leases.ts';
import { LeaseStore } from './storage/lease-store.ts';
import { presenceAnswers } from './transport/answers.ts';

/** Shorter than the gateway waits for the answer that this one is a part of. */
const SETTINGS_TIMEOUT_MS = 1_500;

export const presenceModule: ServiceModule<Config> = { name: 'presence', config: loadConfig, start };

async function start({ config, log, instance }: StartContext<Config>): Promise<Started> {
  const { tenant } = config;
  const nc = await connectNats({ url: config.nats.url, name: instance });
  await verifyTopology(nc, config);
  const redis = connectRedis(config.redis.url);
  const onFault = (error: unknown, about: object = {}) => log.error({ err: error, ...about }, 'a fault');
  const people = new PeoplePresent({
    store: new LeaseStore(redis, tenant),
    askSettings: (userId) => settingsOf(nc, tenant, userId),
    tell: (person) => {
      if (nc.isClosed()) return;
      nc.publish(personSignal(tenant, person.userId, personPresent.type), JSON.stringify(person));
    },
  });
  const serving = await serveQueries(nc, {
    service: 'presence',
    contracts: [...presenceCommands, ...presenceQueries],
    answers: presenceAnswers(people),
    onFault,
  });
  const hiding = await runPolicy<IdentityEvent, Choice>(nc, hidePresence, {
    stream: streamOfLog.user,
    carryOut: async (choices) => {
      for (const { userId, ...chosen } of choices) await people.choose(userId, chosen);
    },
    onFault,
  });
  const looking = lookAfterLeases(nc, people, onFault);

  return {
    health: async () => {
      const nats = { healthy: await isBrokerThere(nc) };
      // Without it nobody is known to be there or not; it is waited for.
      const kept = { healthy: redis.status === 'ready', detail: redis.status };
      return { healthy: nats.healthy, components: { nats, redis: kept } };
    },
    async stop() {
      await serving.stop();
      await looking.stop();
      await hiding.stop();
      await nc.drain();
      redis.disconnect();
    },
  };
}

async function settingsOf(
  nc: NatsConnection,
  tenant: Tenant,
  userId: UserId,
): Promise<PersonalSettingsAt | null | undefined> {
  const outcome = await askQuery(nc, getSettings, {
    data: { userId },
    meta: { tenant, actorId: userId, correlationId: 'presence' },
    timeoutMs: SETTINGS_TIMEOUT_MS,
  });
  if (outcome.kind === 'ok') return outcome.answer;
  return outcome.kind === 'refused' ? null : undefined;
}

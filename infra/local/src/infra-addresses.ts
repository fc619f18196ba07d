import { startInfra } from './infra.ts';
import type { Infra } from './infra.ts';
import { natsUsers } from './nats-config.ts';
import { roleNames } from './postgres-roles.ts';

/** Where everything is, as plain data: it crosses process borders. */
export interface InfraAddresses {
  readonly natsUrls: Readonly<Record<string, string>>;
  readonly natsMonitorUrl: string | undefined;
  readonly postgresUrls: Readonly<Record<string, string>>;
  readonly redisUrl: string;
}

export function addressesOf(infra: Pick<Infra, 'nats' | 'postgres' | 'redis'>): InfraAddresses {
  return {
    natsUrls: Object.fromEntries(natsUsers().map((user) => [user, infra.nats.url(user)])),
    natsMonitorUrl: infra.nats.monitorUrl,
    postgresUrls: Object.fromEntries(roleNames().map((role) => [role, infra.postgres.url(role)])),
    redisUrl: infra.redis.url,
  };
}

/** The infrastructure of one suite, as what its processes need to know of it. */
export async function infraForTests(
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly addresses: InfraAddresses; stop(): Promise<void> }> {
  const infra = await startInfra({ environment });

  return { addresses: addressesOf(infra), stop: () => infra.stop() };
}

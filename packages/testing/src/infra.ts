import type { NatsConnection } from '@nats-io/transport-node';
import { connectNats } from '@parley/jetstream';
import type { InfraAddresses } from '@parley/local';
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    infra: InfraAddresses;
  }
}

/** A connection to the run's NATS as one of its users; `admin` may make and drop streams. */
export async function testNats(user = 'admin'): Promise<NatsConnection> {
  return connectNats({ url: natsUrl(user), name: `test as ${user}` });
}

export function natsUrl(user: string): string {
  return urlOf(inject('infra').natsUrls, user);
}

/** The run's database, as one of its roles; `admin` owns it. */
export function postgresUrl(role = 'admin'): string {
  return urlOf(inject('infra').postgresUrls, role);
}

export function redisUrl(): string {
  return inject('infra').redisUrl;
}

function urlOf(urls: Readonly<Record<string, string>>, name: string): string {
  const url = urls[name];
  if (url === undefined) throw new Error(`the test infrastructure has no user ${name}`);
  return url;
}

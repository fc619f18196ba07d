import type { NatsConnection } from '@nats-io/transport-node';
import { type LogStand, standOf } from '@parley/jetstream';

/** Where the logs stand that say everything about a person's conversations. */
export interface LogStands {
  readonly conv: LogStand;
  readonly user: LogStand;
}

/** @throws where the broker cannot be asked. */
export async function readLogStands(nc: NatsConnection): Promise<LogStands> {
  const [conv, user] = await Promise.all([standOf(nc, 'conv'), standOf(nc, 'user')]);
  return { conv, user };
}

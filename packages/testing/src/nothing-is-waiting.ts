import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { consumers } from '@parley/jetstream';

import { until } from './until.ts';

/** Until every command is answered and every policy has done what follows from the events: nothing more is written. */
export async function nothingIsWaiting(nc: NatsConnection): Promise<void> {
  const manager = await jetstreamManager(nc);
  const durables = Object.entries(consumers).flatMap(([stream, declared]) =>
    declared.map(({ durable_name: name }) => ({ stream, name })),
  );
  let busy: readonly string[] = [];
  await until({
    look: async () => {
      const found = await Promise.all(durables.map((durable) => isBusy(manager, durable)));
      busy = durables.filter((_, index) => found[index]).map(({ stream, name }) => `${stream}/${name}`);
      return busy.length === 0 ? true : undefined;
    },
    instead: () => `there is still work for ${busy.join(', ')}`,
  });
}

async function isBusy(
  manager: JetStreamManager,
  { stream, name }: { readonly stream: string; readonly name: string },
): Promise<boolean> {
  const { num_pending: pending, num_ack_pending: unfinished } = await manager.consumers.info(stream, name);
  return pending + unfinished > 0;
}

import type { NatsConnection } from '@nats-io/transport-node';
import { isBrokerThere } from '@parley/jetstream';

import type { PeoplePresent } from '../commands/people-present.ts';

const SWEEP_EVERY_MS = 1_000;

/**
 * Whenever a lease has ended, its person is looked at. Not while the broker is away: no gateway can renew then, and
 * what ends meanwhile means nothing.
 */
export function lookAfterLeases(
  nc: NatsConnection,
  people: Pick<PeoplePresent, 'sweep'>,
  onFault: (error: unknown) => void,
): { stop(): Promise<void> } {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let sweeping = Promise.resolve();
  const sweep = async () => {
    try {
      if (await isBrokerThere(nc)) await people.sweep();
    } catch (error) {
      onFault(error);
    }
    if (!isStopped) plan();
  };
  const plan = () => {
    timer = setTimeout(() => {
      sweeping = sweep();
    }, SWEEP_EVERY_MS);
  };
  plan();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await sweeping;
    },
  };
}

import type { NatsConnection } from '@nats-io/transport-node';
import { testNats } from '@parley/testing';
import { expect, test } from 'vitest';

import { applyTopology } from './topology.ts';
import { TopologyError, verifyTopology } from './verify-topology.ts';

test('what migrate has applied is what a service asks for', async () => {
  const [admin, message] = await Promise.all([testNats('admin'), testNats('message')]);
  await applyTopology(admin);
  await expect(verifyTopology(message, { durability: 'relaxed' })).resolves.toBeUndefined();
  await Promise.all([admin.close(), message.close()]);
});

test('no answer now is a fault, and no word about the streams', async () => {
  const nc = await testNats('message');
  const verified = await verifyTopology(silentAbout('STREAM.INFO', nc), { durability: 'relaxed' }).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(verified).toBeInstanceOf(Error);
  expect(verified).not.toBeInstanceOf(TopologyError);
  await nc.close();
});

/** A connection on which some questions are not answered. */
function silentAbout(what: string, nc: NatsConnection): NatsConnection {
  return new Proxy(nc, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (property !== 'request') return typeof value === 'function' ? value.bind(target) : value;
      return async (subject: string, ...rest: [Uint8Array]) => {
        if (subject.includes(what)) throw Object.assign(new Error('timeout'), { name: 'TimeoutError' });
        return target.request(subject, ...rest);
      };
    },
  });
}

import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Policy } from '@parley/event-sourcing';

import type { Consuming } from './command-consumer.ts';
import { parkDeadLetter } from './dead-letters.ts';
import { recordedEvent } from './jetstream-event-store.ts';
import { isAway } from './queries.ts';

const DELIVERY_COUNT_MAX = 20;
const RETRY_PAUSE_MS = 500;

/**
 * Runs a policy over its durable consumer (named like the policy), one event at a time whichever instance gets
 * it. An event is acknowledged when all of its effects are done; after a crash they are asked for again.
 */
export async function runPolicy<Event extends { readonly type: string; readonly data: unknown }, Effect>(
  nc: NatsConnection,
  policy: Policy<Event, Effect>,
  options: {
    readonly stream: string;
    readonly carryOut: (effects: readonly Effect[]) => Promise<void>;
    readonly onFault: (error: unknown, context: Readonly<Record<string, unknown>>) => void;
  },
): Promise<Consuming> {
  const consumer = await jetstream(nc).consumers.get(options.stream, policy.name);
  const messages = await consumer.consume({ max_messages: 10, expires: 5_000 });
  let stopping = false;
  const done = (async () => {
    for await (const message of messages) {
      try {
        const event = recordedEvent<Event>(message.data, message.seq);
        const whenever = policy.whenever[event.type as Event['type']] as
          | ((event: object) => readonly Effect[])
          | undefined;
        await options.carryOut(whenever?.(event) ?? []);
        message.ack();
      } catch (error) {
        options.onFault(error, { policy: policy.name, position: message.seq });
        // What is away is waited for: a parked effect is one that its people never hear of.
        if (isAway(error) || message.info.deliveryCount < DELIVERY_COUNT_MAX) {
          if (!nc.isClosed()) message.nak(RETRY_PAUSE_MS);
          continue;
        }
        const letter = {
          consumer: policy.name,
          subject: message.subject,
          id: `${message.seq}`,
          data: message.data,
          reason: String(error),
        };
        await parkDeadLetter(nc, letter);
        message.term('parked');
      }
    }
    if (!stopping) throw new Error(`the events of the policy ${policy.name} have ended by themselves`);
  })();
  done.catch((error: unknown) => options.onFault(error, { policy: policy.name, fatal: true }));
  return {
    async stop() {
      stopping = true;
      await messages.close();
      await done;
    },
  };
}

import type { NatsConnection } from '@nats-io/transport-node';

/** Resolves when what was subscribed to before the call is in force. */
export type Flush = () => Promise<void>;

/** Those who subscribe in one tick share one question to the broker: a storm of them costs one round trip a tick. */
export function sharedFlush(nc: NatsConnection): Flush {
  let next: Promise<void> | undefined;
  return () => {
    next ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      // Who subscribes from here on may be behind the question.
      next = undefined;
      return nc.flush();
    });
    return next;
  };
}

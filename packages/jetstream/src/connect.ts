import { connect, createInbox, type NatsConnection } from '@nats-io/transport-node';

import { inboxPrefix } from './subjects.ts';

const PING_INTERVAL_MS = 5_000;
const PINGS_OUT_MAX = 2;
const RECONNECT_WAIT_MS = 250;
const RECONNECT_JITTER_MS = 500;
const CONNECT_TIMEOUT_MS = 5_000;
/** A broker that takes longer to say that it is there is as good as away. */
const PRESENCE_TIMEOUT_MS = 1_000;

/**
 * A connection that never gives up and notices a frozen server within about 10 s (the library's own defaults
 * give up after 20 s and notice after minutes). The user in the URL decides its reply inbox.
 */
export async function connectNats(options: {
  readonly url: string;
  readonly name: string;
}): Promise<NatsConnection> {
  const url = new URL(options.url);
  const user = decodeURIComponent(url.username);
  return connect({
    servers: [url.host],
    name: options.name,
    ...(user ? { user, pass: decodeURIComponent(url.password), inboxPrefix: inboxPrefix(user) } : {}),
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_WAIT_MS,
    reconnectJitter: RECONNECT_JITTER_MS,
    pingInterval: PING_INTERVAL_MS,
    maxPingOut: PINGS_OUT_MAX,
    timeout: CONNECT_TIMEOUT_MS,
    // A stack for every request would cost more than the request.
    noAsyncTraces: true,
  });
}

/** A subject that this connection's user may listen on, and nobody else. */
export function ownInbox(nc: NatsConnection): string {
  // The library keeps what it was given without declaring it.
  const { options } = nc as NatsConnection & { readonly options: { readonly inboxPrefix?: string } };
  return createInbox(options.inboxPrefix);
}

/** Whether the broker answers now. A connection that is trying to come back is open as well, and carries nothing. */
export async function isBrokerThere(nc: NatsConnection): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), PRESENCE_TIMEOUT_MS);
  const answered = nc.rtt().then(
    () => true,
    () => false,
  );
  const isThere = await Promise.race([answered, late.promise]);
  clearTimeout(timer);
  return isThere;
}

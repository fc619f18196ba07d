import { type Lease, LEASE_COUNT_MAX, renewLeases } from '@parley/contracts';

import type { QueryBus } from '../queries/query-bus.ts';
import type { ClientSession } from '../transport/client-session.ts';

/** Well within a lease, so that two renewals may be lost. */
const RENEW_EVERY_MS = 8_000;
/** What changes in this time is told together. */
const GATHER_MS = 100;
const RETRY_PAUSE_MS = 1_000;
/** Longer than any lease. */
const FORGET_MS = 60_000;

interface Socket {
  heardAtMs: number;
  isAway: boolean;
}

/** The sockets of one device here; one without any has just gone. */
interface HeldDevice extends Pick<Lease, 'userId' | 'deviceId'> {
  readonly sockets: Map<ClientSession, Socket>;
  heardAtMs: number;
  isAway: boolean;
}

/**
 * Tells the presence service of the devices that have a socket here: at once when one comes, goes or turns away, and
 * of all again and again, because leases end by themselves.
 */
export class LeaseTeller {
  readonly #queries: QueryBus;
  readonly #gateway: string;
  readonly #onFailed: () => void;
  readonly #devices = new Map<string, HeldDevice>();
  /** Of whom there is something to tell. */
  readonly #news = new Set<string>();
  readonly #renewing = setInterval(() => this.#renewAll(), RENEW_EVERY_MS);
  #telling: Promise<void> | undefined;
  #isStopped = false;

  constructor(parts: {
    readonly queries: QueryBus;
    /** Names this gateway among all others, and no process before it. */
    readonly gateway: string;
    /** Nobody takes leases now: what is known of others may be old. */
    readonly onFailed: () => void;
  }) {
    this.#queries = parts.queries;
    this.#gateway = parts.gateway;
    this.#onFailed = parts.onFailed;
  }

  came(session: ClientSession): void {
    const { userId, deviceId } = session.identity;
    const key = keyOf(session);
    const heardAtMs = performance.now();
    const device = this.#devices.get(key) ?? {
      userId,
      deviceId,
      sockets: new Map(),
      heardAtMs,
      isAway: false,
    };
    const socket: Socket = { heardAtMs, isAway: false };
    device.sockets.set(session, socket);
    this.#devices.set(key, device);
    this.#changed(key);
    // Its own ping asks every device for a sign of life; what else it says costs nothing here.
    session.socket.conn.on('heartbeat', () => {
      socket.heardAtMs = performance.now();
    });
  }

  /** `isClosedByDevice`: its going is a sign of life. */
  went(session: ClientSession, isClosedByDevice: boolean): void {
    const key = keyOf(session);
    const device = this.#devices.get(key);
    const socket = device?.sockets.get(session);
    if (device === undefined || socket === undefined) return;
    device.sockets.delete(session);
    device.heardAtMs = isClosedByDevice ? performance.now() : socket.heardAtMs;
    device.isAway = socket.isAway;
    this.#changed(key);
  }

  turned(session: ClientSession, isAway: boolean): void {
    const key = keyOf(session);
    const socket = this.#devices.get(key)?.sockets.get(session);
    if (socket === undefined || socket.isAway === isAway) return;
    socket.isAway = isAway;
    this.#changed(key);
  }

  /** What was not told yet is told, as far as somebody listens. */
  async stop(): Promise<void> {
    clearInterval(this.#renewing);
    this.#isStopped = true;
    await this.#telling;
    await this.#tellOnce();
  }

  #renewAll(): void {
    const beforeMs = performance.now() - FORGET_MS;
    for (const [key, { sockets, heardAtMs }] of this.#devices) {
      // Nobody listened for so long that the lease has ended without a word.
      if (sockets.size === 0 && heardAtMs < beforeMs) this.#devices.delete(key);
      else this.#news.add(key);
    }
    this.#telling ??= this.#tellAll();
  }

  #changed(key: string): void {
    this.#news.add(key);
    this.#telling ??= this.#tellAll();
  }

  async #tellAll(): Promise<void> {
    await pause(GATHER_MS);
    while (this.#news.size > 0 && !this.#isStopped) {
      if (await this.#tellOnce()) continue;
      this.#onFailed();
      await pause(RETRY_PAUSE_MS);
    }
    this.#telling = undefined;
  }

  /** Whether it was taken; where not it is told again. */
  async #tellOnce(): Promise<boolean> {
    const keys = [...this.#news].slice(0, LEASE_COUNT_MAX);
    const leases: Lease[] = [];
    for (const key of keys) {
      this.#news.delete(key);
      const device = this.#devices.get(key);
      if (device) leases.push(leaseOf(device));
    }
    if (leases.length === 0) return true;
    const asking = { correlationId: 'leases' };
    const data = { gateway: this.#gateway, leases };
    const outcome = await this.#queries.ask(renewLeases, data, asking);
    if (outcome.kind !== 'ok') {
      for (const key of keys) this.#news.add(key);
      return false;
    }
    for (const key of keys) {
      const isGone = this.#devices.get(key)?.sockets.size === 0;
      if (isGone && !this.#news.has(key)) this.#devices.delete(key);
    }
    return true;
  }
}

function leaseOf({ userId, deviceId, sockets, heardAtMs, isAway }: HeldDevice): Lease {
  const open = [...sockets.values()];
  const isGone = open.length === 0;
  const heard = isGone ? heardAtMs : Math.max(...open.map((socket) => socket.heardAtMs));
  return {
    userId,
    deviceId,
    heardMsAgo: Math.max(0, performance.now() - heard),
    isAway: isGone ? isAway : open.every((socket) => socket.isAway),
    isGone,
  };
}

function keyOf({ identity: { userId, deviceId } }: ClientSession): string {
  return `${userId} ${deviceId}`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

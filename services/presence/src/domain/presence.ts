import type { Lease, PresenceStatus } from '@parley/contracts';

/**
 * From a device's last sign of life. A device gives one every 10 s and notices within 20 s that its gateway is gone,
 * so whoever can come back is back before this ends; and who has vanished is offline before 45 s have passed,
 * whatever else dies meanwhile.
 */
export const LEASE_MS = 40_000;
/** From the moment a device's last socket has closed: what coming back may take without anybody noticing. */
export const RECONNECT_GRACE_MS = 12_000;
/** After the leases may have been lost: every gateway has renewed its own by then, twice. */
export const SETTLE_MS = 20_000;

/** One device at one gateway, as it is kept. */
export interface KeptLease {
  /** Which device at which gateway. */
  readonly key: string;
  readonly untilMs: number;
  readonly isAway: boolean;
}

/** What is kept of one person. */
export interface KeptPerson {
  readonly leases: readonly KeptLease[];
  /** When a device of theirs that was not away gave its last sign of life. */
  readonly seenAtMs: number | undefined;
  /** What watchers were told last. */
  readonly told: PresenceStatus | undefined;
  /** Undefined until it was found out. */
  readonly isHidden: boolean | undefined;
}

/** What the leases of one person come to. */
export interface Folded {
  /** `unknown` where nothing holds a lease and some may have been lost. */
  readonly status: PresenceStatus;
  /** The leases that have ended. */
  readonly ended: readonly string[];
  /** When this may become otherwise by itself; undefined where only a new lease can change it. */
  readonly dueAtMs: number | undefined;
}

/** The clock that all leases are kept by. */
export interface LeaseClock {
  readonly nowMs: number;
  /** From then on a missing lease means that nobody is there. */
  readonly settledAtMs: number;
}

const RANK: { readonly [S in PresenceStatus]: number } = { unknown: 0, offline: 1, away: 2, online: 3 };

export function leaseEnd(
  { heardMsAgo, isGone }: Pick<Lease, 'heardMsAgo' | 'isGone'>,
  nowMs: number,
): number {
  const end = nowMs - heardMsAgo + LEASE_MS;
  return isGone ? Math.min(end, nowMs + RECONNECT_GRACE_MS) : end;
}

export function foldLeases({ leases }: Pick<KeptPerson, 'leases'>, clock: LeaseClock): Folded {
  const { nowMs, settledAtMs } = clock;
  const live = leases.filter(({ untilMs }) => untilMs > nowMs);
  const ended = leases.filter(({ untilMs }) => untilMs <= nowMs).map(({ key }) => key);
  if (live.length === 0) {
    const isSettled = settledAtMs <= nowMs;
    return { status: isSettled ? 'offline' : 'unknown', ended, dueAtMs: isSettled ? undefined : settledAtMs };
  }
  const status = live.some(({ isAway }) => !isAway) ? 'online' : 'away';
  return { status, ended, dueAtMs: Math.min(...live.map(({ untilMs }) => untilMs)) };
}

/**
 * What watchers are to be told now; undefined where they know it, or where it cannot be told. Who hides is `unknown`
 * to everybody. While leases may be missing nobody sinks: the one that holds them higher may be among the missing.
 */
export function toTell(
  person: KeptPerson,
  { status }: Folded,
  clock: LeaseClock,
): PresenceStatus | undefined {
  const { told, isHidden } = person;
  if (isHidden === undefined) return undefined;
  if (isHidden) return told === undefined || told === 'unknown' ? undefined : 'unknown';
  if (status === 'unknown' || status === told) return undefined;
  const isSinking = told !== undefined && RANK[status] < RANK[told];
  return isSinking && clock.settledAtMs > clock.nowMs ? undefined : status;
}

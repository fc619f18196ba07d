import { setTimeout as delay } from 'node:timers/promises';

import { connectPostgres } from '@parley/postgres';
import type { Infra, System } from '@parley/local';
import { sql } from 'kysely';

import { watchMachine } from './machine.ts';
import type { Random } from './random.ts';
import { CALM_MS } from './waits.ts';

/** What those who talk are promised for a kill: another instance takes over, or the only one returns. */
export type Bar = 'takeover' | 'return';

/** A kill -9, and how long the victim took to be ready again. */
export interface Strike {
  readonly victim: string;
  readonly process: string;
  readonly bar?: Bar;
  readonly atMs: number;
  readonly backAfterMs: number;
  /** How much of the CPU time that was asked for the machine gave from the kill to a moment after the return. */
  readonly cpuShare: number;
}

export interface Battlefield {
  readonly infra: Infra;
  readonly system: System;
  /** Whether everybody is connected and hears the answers that they wait for. */
  readonly isCalm: () => boolean;
  /** Called where it does not become calm by itself: the machine cannot bear so much. */
  readonly ease: () => void;
}

const PAUSE_MS_MIN = 1_000;
const PAUSE_MS_MAX = 2_000;
/** Longer than any bar: a kill that holds people up for this long has missed its own. */
const CALM_WAIT_MS_MAX = 12_000;
const EASE_EACH_MS = 3_000;
const LOOK_AGAIN_MS = 25;

interface Victim {
  readonly kill: (field: Battlefield) => Promise<Killed>;
  readonly bar?: Bar;
}

interface Killed {
  readonly process: string;
  readonly atMs: number;
  readonly back: Promise<void>;
}

/** Everybody who is killed, once each. A dead server is started again as an operator's supervisor would do. */
const victims: Readonly<Record<string, Victim>> = {
  'message service': { kill: (field) => killService(field, 'message-1'), bar: 'takeover' },
  gateway: { kill: (field) => killService(field, 'gateway-1') },
  projector: {
    kill: async (field) => killService(field, await instanceOfProjector(field)),
    bar: 'takeover',
  },
  'conversation service': { kill: (field) => killService(field, 'conversation-1') },
  NATS: { kill: ({ infra }) => killServer(infra.nats), bar: 'return' },
  Postgres: { kill: ({ infra }) => killServer(infra.postgres) },
  Redis: { kill: ({ infra }) => killServer(infra.redis) },
};

/**
 * Kills one after the other, in an order that the seed decides. The next one falls a moment after the one before is
 * back. The first falls into a calm, and so do those where one of the two is held to a bar: two outages in one would
 * hide what each costs.
 */
export async function strikeAll(field: Battlefield, random: Random): Promise<readonly Strike[]> {
  const order = Object.entries(victims)
    .map((entry) => ({ entry, at: random() }))
    .toSorted((one, other) => one.at - other.at);
  const strikes: Strike[] = [];
  await delay(pauseMs(random));
  for (const { entry } of order) {
    const before = strikes.at(-1);
    if (before?.bar !== undefined || entry[1].bar !== undefined || strikes.length === 0) {
      await untilCalm(field);
    }
    strikes.push(await strike(field, entry, pauseMs(random)));
  }
  return strikes;
}

/** Until it has been calm for a while; not for ever, for who is never calm is to be judged as well. */
async function untilCalm({ isCalm, ease }: Battlefield): Promise<void> {
  const startedAt = performance.now();
  let easeAt = startedAt + EASE_EACH_MS;
  for (let since = startedAt; performance.now() < since + CALM_MS;) {
    await delay(LOOK_AGAIN_MS);
    const now = performance.now();
    if (now > startedAt + CALM_WAIT_MS_MAX) return;
    if (isCalm()) continue;
    since = now;
    if (now < easeAt) continue;
    ease();
    easeAt = now + EASE_EACH_MS;
  }
}

function pauseMs(random: Random): number {
  return PAUSE_MS_MIN + random() * (PAUSE_MS_MAX - PAUSE_MS_MIN);
}

/** Kills, waits for the return, and looks on for a moment. */
async function strike(
  field: Battlefield,
  [victim, { kill, bar }]: readonly [string, Victim],
  momentMs: number,
): Promise<Strike> {
  const cpuShare = watchMachine();
  const { process, atMs, back } = await kill(field);
  await back;
  const backAfterMs = performance.now() - atMs;
  await delay(momentMs);
  return { victim, process, atMs, backAfterMs, cpuShare: cpuShare(), ...(bar === undefined ? {} : { bar }) };
}

async function killService({ system }: Battlefield, instance: string): Promise<Killed> {
  const service = system.process(instance);
  const { pid } = service;
  const atMs = performance.now();
  // Two strikes may meet in one process; a process that is on its way up is not killed twice.
  if (pid !== undefined) service.kill();
  while (service.pid === pid) await delay(1);
  return { process: instance, atMs, back: service.ready() };
}

async function killServer(server: Infra['nats'] | Infra['postgres'] | Infra['redis']): Promise<Killed> {
  const atMs = performance.now();
  await server.kill();
  return { process: server.name, atMs, back: server.start() };
}

/** Who holds the lock of the timeline's projector: its connection says which instance it belongs to. */
export async function instanceOfProjector({ infra }: Pick<Battlefield, 'infra'>): Promise<string> {
  const db = connectPostgres<unknown>({ url: infra.postgres.url('admin'), name: 'nemesis', poolSize: 1 });
  try {
    const { rows } = await sql<{ name: string }>`
      select application_name as name from pg_stat_activity
      join pg_locks on pg_locks.pid = pg_stat_activity.pid
      where locktype = 'advisory' and granted and usename = 'message'`.execute(db);
    return /message-\d+/.exec(rows[0]?.name ?? '')?.[0] ?? 'message-2';
  } catch {
    // Postgres may be the one that is down at the moment.
    return 'message-2';
  } finally {
    await db.destroy();
  }
}

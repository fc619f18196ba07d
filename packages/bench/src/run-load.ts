import { setTimeout as delay } from 'node:timers/promises';

import type { Crowd } from './driver.ts';
import type { Ledger, RunFigures } from './ledger.ts';
import { pick, poissonGapMs, type Random } from './random.ts';
import type { Scenario } from './scenario.ts';

/** Nearer than this, the next send is waited for without a timer: timers are exact to a millisecond only. */
const SPIN_MS = 2;
const DRAIN_MS_MAX = 5_000;
const DRAIN_POLL_MS = 10;
const GIVE_UP_CHECK_MS = 50;

export interface LoadPlan {
  readonly ratePerSecond: number;
  readonly durationMs: number;
  /** What is sent before is delivered and counted, but its times are not. */
  readonly warmUpMs: number;
  /** The run is ended when a message is open for so long: it has failed, and would only pile up more. */
  readonly giveUpAgeMs?: number;
}

export interface LoadResult extends RunFigures {
  readonly ratePerSecond: number;
  readonly wasGivenUp: boolean;
  /** How much of its core the generator used: near 1 it measures itself. */
  readonly generatorShare: number;
}

export interface LoadParts {
  readonly scenario: Scenario;
  readonly crowd: Crowd;
  readonly ledger: Ledger;
  readonly random: Random;
}

/**
 * Sends at random moments decided beforehand, whatever the answers: an open loop. A time is measured from the moment
 * when the message was due, so a system that keeps the generator waiting is not spared.
 */
export async function runLoad(parts: LoadParts, plan: LoadPlan): Promise<LoadResult> {
  const { ledger } = parts;
  ledger.beginRun();
  const startedMs = performance.now();
  const before = process.cpuUsage();
  const wasGivenUp = await sendAll(parts, plan, startedMs);
  const { user, system } = process.cpuUsage(before);
  const generatorShare = (user + system) / 1_000 / (performance.now() - startedMs);
  await drained(ledger);
  return { ...ledger.figures(), ratePerSecond: plan.ratePerSecond, wasGivenUp, generatorShare };
}

async function sendAll(
  { scenario, crowd, ledger, random }: LoadParts,
  plan: LoadPlan,
  startedMs: number,
): Promise<boolean> {
  const endMs = startedMs + plan.durationMs;
  const rooms = Array.from(scenario.members.keys());
  let dueMs = startedMs + poissonGapMs(random, plan.ratePerSecond);
  let nextCheckMs = startedMs;
  while (dueMs < endMs) {
    await until(dueMs);
    const nowMs = performance.now();
    while (dueMs <= nowMs && dueMs < endMs) {
      const room = pick(random, rooms);
      const person = pick(random, scenario.members[room] ?? []);
      const isWarmUp = dueMs < startedMs + plan.warmUpMs;
      const message = ledger.open({ room, sender: person, scheduledAtMs: dueMs, isWarmUp });
      crowd.send({ message, person, room });
      dueMs += poissonGapMs(random, plan.ratePerSecond);
    }
    if (plan.giveUpAgeMs === undefined || nowMs < nextCheckMs) continue;
    nextCheckMs = nowMs + GIVE_UP_CHECK_MS;
    if (ledger.oldestOpenAgeMs(nowMs) > plan.giveUpAgeMs) return true;
  }
  return false;
}

/** Lets the sockets be read while it waits. */
async function until(timeMs: number): Promise<void> {
  const leftMs = timeMs - performance.now();
  if (leftMs > SPIN_MS) await delay(leftMs - SPIN_MS);
  do {
    await new Promise((resolve) => setImmediate(resolve));
  } while (performance.now() < timeMs);
}

async function drained(ledger: Ledger): Promise<void> {
  const endMs = performance.now() + DRAIN_MS_MAX;
  while (ledger.oldestOpenAgeMs(performance.now()) > 0 && performance.now() < endMs) {
    await delay(DRAIN_POLL_MS);
  }
}

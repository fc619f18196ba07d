import type { Bar } from './nemesis.ts';
import type { Standing, StrikeCost } from './waits.ts';

/** How much longer than usual an answer may take when one of two message services dies. */
const TAKEOVER_MS_MAX = 3_000;
/** How much of that is the broker's `ack_wait`: as promised, not as the topology has it, for that is judged too. */
const HAND_OUT_AGAIN_MS = 2_000;
/** How long after the broker's return anybody may wait for an answer. */
export const RETURN_MS_MAX = 10_000;
/** No more than this passes for usual: a system that is always slow would hide its takeovers. */
export const USUAL_WAIT_MS_MAX = 1_000;
/** A machine that gives less than this of the CPU time that it is asked for is overloaded by others. */
export const CPU_SHARE_MIN = 0.5;
/** However busy it is, a takeover's work may take four times as long and no longer. */
const CPU_SHARE_COUNTED_MIN = 0.25;

export const standings = ['out', 'behind', 'apart'] as const satisfies readonly Standing[];

export const groupNames: Readonly<Record<Standing, string>> = {
  out: 'with a command out',
  behind: 'behind one of those',
  apart: 'all others',
};

const judgements: Readonly<Record<Bar, (cost: StrikeCost) => readonly string[]>> = {
  takeover: (cost) =>
    standings.flatMap((standing) => {
      const slowedMs = slowedBy(cost, standing);
      const barMs = takeoverBar(standing, cost.cpuShare);
      return slowedMs > barMs ? [`${groupNames[standing]}: slowed by ${ms(slowedMs)}, not ${ms(barMs)}`] : [];
    }),

  return: ({ longestWaitAfterReturnMs: waitMs }) =>
    waitMs > RETURN_MS_MAX
      ? [`somebody waited ${ms(waitMs)} after its return, not ${ms(RETURN_MS_MAX)}`]
      : [],
};

/** What a kill breaks of what its victim is held to, in sentences; none is the good news. */
export function brokenBars(cost: StrikeCost): readonly string[] {
  return cost.bar === undefined ? [] : judgements[cost.bar](cost);
}

/**
 * How much a kill may slow a conversation. A takeover is the broker's patience, which is time, and then work. On an
 * overloaded machine the work has as much CPU time as elsewhere, and so takes longer by the clock. A command that was
 * out is waited for by the broker before the takeover even begins.
 */
export function takeoverBar(standing: Standing, cpuShare: number): number {
  const share = isOverloaded(cpuShare) ? Math.max(cpuShare, CPU_SHARE_COUNTED_MIN) : 1;
  const workMs = (TAKEOVER_MS_MAX - HAND_OUT_AGAIN_MS) / share;
  return HAND_OUT_AGAIN_MS + workMs + (standing === 'out' ? HAND_OUT_AGAIN_MS : 0);
}

export function isOverloaded(cpuShare: number): boolean {
  return cpuShare < CPU_SHARE_MIN;
}

/** How much longer than usual the slowest answer of a group took. */
export function slowedBy({ groups, usualWaitMs }: StrikeCost, standing: Standing): number {
  return Math.max(0, groups[standing].longestWaitMs - Math.min(usualWaitMs, USUAL_WAIT_MS_MAX));
}

export function ms(value: number): string {
  return Number.isFinite(value) ? `${Math.round(value)} ms` : '∞';
}

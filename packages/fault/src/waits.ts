import type { Send } from './history.ts';
import type { Bar, Strike } from './nemesis.ts';

/**
 * How a conversation stood to a kill. `out`: a send to it was handed in before the kill and answered after it, or
 * never. `behind`: it had none out and shares its partition with one that had. `apart`: neither.
 */
export type Standing = 'out' | 'behind' | 'apart';

/** What a kill cost some of the conversations. */
export interface GroupCost {
  readonly conversationCount: number;
  /** How long anybody waited for an answer at most; infinite for one that never came. */
  readonly longestWaitMs: number;
}

/** What a kill cost those who were talking. */
export interface StrikeCost {
  readonly victim: string;
  readonly bar: Bar | undefined;
  readonly backAfterMs: number;
  readonly cpuShare: number;
  /** What 99 of 100 answers came within in the calm before it. */
  readonly usualWaitMs: number;
  readonly groups: Readonly<Record<Standing, GroupCost>>;
  /** How long anybody waited at most once the victim was back. */
  readonly longestWaitAfterReturnMs: number;
}

/** What happened and in which partition each conversation's commands are. */
export interface Talk {
  readonly sends: readonly Send[];
  readonly partitionOf: (conversationId: string) => number;
}

/** The calm before a kill is this long, and the nemesis sees to it. */
export const CALM_MS = 1_000;

interface Ask {
  readonly conversationId: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * What each kill cost: of the sends that were out when it came, or were handed in from then on until the next one.
 * A wait is counted from the kill on, or from when its send was handed in if that was later; what is still out at
 * the next kill is counted up to that, for the rest is the next one's.
 */
export function costsOf(strikes: readonly Strike[], talk: Talk): readonly StrikeCost[] {
  const asks = talk.sends.map(({ conversationId, submittedAtMs, outcome }) => ({
    conversationId,
    fromMs: submittedAtMs,
    toMs: outcome.kind === 'unknown' ? Number.POSITIVE_INFINITY : outcome.atMs,
  }));
  const inOrder = strikes.toSorted((one, other) => one.atMs - other.atMs);
  return inOrder.map((strike, index) => {
    const endMs = inOrder[index + 1]?.atMs ?? Number.POSITIVE_INFINITY;
    const { victim, bar, atMs, backAfterMs, cpuShare } = strike;
    const concerned = asks
      .filter(({ fromMs, toMs }) => toMs > atMs && fromMs < endMs)
      .map((ask) => ({ ...ask, toMs: Math.min(ask.toMs, endMs) }));
    return {
      victim,
      bar,
      backAfterMs,
      cpuShare,
      usualWaitMs: usualWait(asks, atMs),
      groups: groupCosts(concerned, atMs, talk.partitionOf),
      longestWaitAfterReturnMs: longestWait(concerned, atMs + backAfterMs),
    };
  });
}

/** A part of an ordered list: 0 is its first, 1 its last, ½ the one in the middle. */
export function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

function groupCosts(
  asks: readonly Ask[],
  atMs: number,
  partitionOf: Talk['partitionOf'],
): Readonly<Record<Standing, GroupCost>> {
  const out = new Set(asks.filter(({ fromMs }) => fromMs < atMs).map(({ conversationId }) => conversationId));
  const blocked = new Set([...out].map(partitionOf));
  const standingOf = ({ conversationId }: Ask): Standing => {
    if (out.has(conversationId)) return 'out';
    return blocked.has(partitionOf(conversationId)) ? 'behind' : 'apart';
  };
  const groups = Map.groupBy(asks, standingOf);
  const costOf = (standing: Standing): GroupCost => {
    const own = groups.get(standing) ?? [];
    return {
      conversationCount: new Set(own.map(({ conversationId }) => conversationId)).size,
      longestWaitMs: longestWait(own, atMs),
    };
  };
  return { out: costOf('out'), behind: costOf('behind'), apart: costOf('apart') };
}

function longestWait(asks: readonly Ask[], sinceMs: number): number {
  return Math.max(0, ...asks.map(({ fromMs, toMs }) => toMs - Math.max(fromMs, sinceMs)));
}

function usualWait(asks: readonly Ask[], atMs: number): number {
  const waits = asks
    .filter(({ toMs }) => toMs > atMs - CALM_MS && toMs <= atMs)
    .map(({ fromMs, toMs }) => toMs - fromMs)
    .toSorted((one, other) => one - other);
  return quantile(waits, 0.99);
}

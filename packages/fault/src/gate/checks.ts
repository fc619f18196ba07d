import type { Invariant, Violation } from '../checker.ts';
import type { LogEntry, Send } from '../history.ts';
import { membershipsOf } from '../membership.ts';

/** The violations of a history, handed out by their invariants; what nobody took is the rest. */
export function brokenIn(violations: readonly Violation[]) {
  const taken = new Set<Invariant>();
  return {
    take(...invariants: readonly Invariant[]): readonly string[] {
      for (const invariant of invariants) taken.add(invariant);
      return violations.filter(({ invariant }) => invariants.includes(invariant)).map(({ detail }) => detail);
    },
    rest: (): readonly string[] =>
      violations
        .filter(({ invariant }) => !taken.has(invariant))
        .map(({ invariant, detail }) => `${invariant}: ${detail}`),
  };
}

/** What was written, and how far the read that was to include it had come. */
export interface ReadBack {
  readonly what: string;
  readonly writtenSeq: number;
  readonly readSeq: number;
}

/** Answers that do not include what they were asked to include. */
export function staleReads(reads: readonly ReadBack[]): readonly string[] {
  return reads
    .filter(({ writtenSeq, readSeq }) => readSeq < writtenSeq)
    .map(({ what, writtenSeq, readSeq }) => `${what} shows ${readSeq}, though ${writtenSeq} was written`);
}

/** How many messages were said while somebody was out who had been in before: what a leak would have carried. */
export function saidWithoutSomebody(log: readonly LogEntry[]): number {
  const isMember = membershipsOf(log);
  const everIn = new Map<string, Set<string>>();
  let count = 0;
  for (const entry of log) {
    if (entry.kind === 'membership') {
      const known = everIn.get(entry.conversationId) ?? new Set();
      for (const userId of entry.joined) known.add(userId);
      everIn.set(entry.conversationId, known);
    } else {
      const { conversationId, seq } = entry.message;
      if ([...(everIn.get(conversationId) ?? [])].some((userId) => !isMember(conversationId, userId, seq))) {
        count += 1;
      }
    }
  }
  return count;
}

/** A session that was ended, and what it was still given. All times are of one clock. */
export interface Ended {
  readonly session: string;
  /** From here on it is to be given nothing: its ending, or the end of a fault that covered it, and the promised time. */
  readonly barAtMs: number;
  readonly heardAtMs: readonly number[];
  readonly calls: readonly { readonly askedAtMs: number; readonly isAccepted: boolean }[];
}

/** What was said to ended sessions after the bar. */
export function heardAfterTheBar(ended: readonly Ended[]): readonly string[] {
  return ended.flatMap(({ session, barAtMs, heardAtMs }) =>
    heardAtMs
      .filter((atMs) => atMs > barAtMs)
      .map((atMs) => `${session} heard something ${Math.round(atMs - barAtMs)} ms after the bar`),
  );
}

/** Calls of ended sessions that were asked after the bar and done. */
export function acceptedAfterTheBar(ended: readonly Ended[]): readonly string[] {
  return ended.flatMap(({ session, barAtMs, calls }) =>
    calls
      .filter(({ askedAtMs, isAccepted }) => isAccepted && askedAtMs > barAtMs)
      .map(({ askedAtMs }) => `${session} was let in ${Math.round(askedAtMs - barAtMs)} ms after the bar`),
  );
}

/** What five devices read in one conversation, in whatever order, and what each place shows in the end. */
export interface Interleaving {
  readonly what: string;
  readonly reads: readonly number[];
  /** By who shows it: a device, a list, somebody else. */
  readonly shown: Readonly<Record<string, number>>;
  /** What each device showed, in order. */
  readonly steps: Readonly<Record<string, readonly number[]>>;
}

/** Read state is the greatest that anybody has read: everywhere, and never less than before. */
export function readDifferences(interleavings: readonly Interleaving[]): readonly string[] {
  return interleavings.flatMap(({ what, reads, shown, steps }) => {
    const greatest = Math.max(0, ...reads);
    const wrong = Object.entries(shown)
      .filter(([, upToSeq]) => upToSeq !== greatest)
      .map(([who, upToSeq]) => `${what}: ${who} shows ${upToSeq}, not ${greatest}`);
    const back = Object.entries(steps).flatMap(([who, seen]) =>
      seen.flatMap((upToSeq, index) =>
        upToSeq < (seen[index - 1] ?? 0) ? [`${what}: ${who} went back to ${upToSeq}`] : [],
      ),
    );
    return [...wrong, ...back];
  });
}

/** What one person was shown of another, and when. All times are of one clock. */
export interface Sighting {
  readonly by: string;
  readonly who: string;
  readonly userId: string;
  readonly status: string;
  readonly atMs: number;
}

/** Whoever loses the connection has so long to come back before anybody is told. */
const RECONNECT_GRACE_MS = 10_000;

/** People who were shown offline while they were there, or might still have come back. */
export function falselyOffline(
  sightings: readonly Sighting[],
  goneAtMs: ReadonlyMap<string, number>,
): readonly string[] {
  return sightings
    .filter(({ status, userId, atMs }) => {
      const goneAt = goneAtMs.get(userId) ?? Number.POSITIVE_INFINITY;
      return status === 'offline' && atMs < goneAt + RECONNECT_GRACE_MS;
    })
    .map(({ by, who }) => `${by} was shown ${who} as offline`);
}

/** People who are gone and shown as there. */
export function ghosts(
  sightings: readonly Sighting[],
  goneAtMs: ReadonlyMap<string, number>,
): readonly string[] {
  return sightings
    .filter(({ status, userId }) => goneAtMs.has(userId) && (status === 'online' || status === 'away'))
    .map(({ by, who, status }) => `${by} still sees ${who} as ${status}`);
}

/** What a send under overload was answered, where it was. */
export interface Refusal {
  readonly code: string;
  readonly retryAfterMs: number | undefined;
}

/** Refusals that do not say when to come again. */
export function withoutATime(refusals: readonly Refusal[]): readonly string[] {
  return refusals
    .filter(({ retryAfterMs }) => retryAfterMs === undefined || !(retryAfterMs > 0))
    .map(({ code }) => `${code} without a time`);
}

/** Sends that were answered ok and are not in the log. */
export function acceptedAndLost(
  sends: readonly Pick<Send, 'clientMessageId' | 'outcome'>[],
  log: readonly LogEntry[],
): readonly string[] {
  const stored = new Set(log.flatMap((entry) => (entry.kind === 'message' ? [entry.message.messageId] : [])));
  return sends.flatMap(({ clientMessageId, outcome }) =>
    outcome.kind === 'ok' && !stored.has(outcome.messageId) ? [`${clientMessageId} is not in the log`] : [],
  );
}

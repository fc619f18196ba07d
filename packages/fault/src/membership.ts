import type { LogEntry } from './history.ts';

/** Says whether somebody was in a conversation just before a number, as the log has it. */
export type IsMember = (conversationId: string, userId: string, atSeq: number) => boolean;

/** Folds who came and went. */
export function membershipsOf(log: readonly LogEntry[]): IsMember {
  const changes = new Map<string, { readonly seq: number; readonly isIn: boolean }[]>();
  for (const entry of log) {
    if (entry.kind !== 'membership') continue;
    for (const [people, isIn] of [[entry.left, false] as const, [entry.joined, true] as const]) {
      for (const userId of people) {
        const key = `${entry.conversationId} ${userId}`;
        changes.set(key, [...(changes.get(key) ?? []), { seq: entry.seq, isIn }]);
      }
    }
  }
  return (conversationId, userId, atSeq) =>
    changes.get(`${conversationId} ${userId}`)?.findLast(({ seq }) => seq < atSeq)?.isIn ?? false;
}

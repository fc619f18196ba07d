import type { MessageId, Timestamp, UserId } from '@parley/contracts';

export type ChangeKind =
  | { readonly kind: 'edited'; readonly fingerprint: string }
  | { readonly kind: 'deleted' }
  | {
      readonly kind: 'reacted';
      readonly emoji: string;
      readonly count: number;
      readonly isOn: boolean;
    }
  | { readonly kind: 'pinned'; readonly isPinned: boolean };

/** As much of a change as later decisions about the same message need. */
export type RecentChange = ChangeKind & {
  readonly messageId: MessageId;
  readonly position: number;
  readonly at: Timestamp;
  readonly actorId: UserId;
  /** A retry is known by its command: the same reaction again would take away what the first try has put there. */
  readonly commandId: string;
};

/** What was done to messages lately, in the order of the log. */
export interface RecentChanges {
  readonly list: readonly RecentChange[];
  /** Every change after this position is in here. */
  readonly completeSincePosition: number;
}

export const noRecentChanges: RecentChanges = { list: [], completeSincePosition: 0 };

const RECENT_CHANGE_COUNT_MAX = 1_000;
/** So many stay when some are forgotten: forgetting one by one would copy the list each time. */
const RECENT_CHANGE_COUNT_KEPT = 750;

export function addRecentChange(changes: RecentChanges, change: RecentChange): RecentChanges {
  const list = [...changes.list, change];
  if (list.length <= RECENT_CHANGE_COUNT_MAX) return { ...changes, list };
  const forgottenCount = list.length - RECENT_CHANGE_COUNT_KEPT;
  return {
    list: list.slice(forgottenCount),
    completeSincePosition: list[forgottenCount - 1]?.position ?? changes.completeSincePosition,
  };
}

/** Where in the log the change of a command stands, as far back as changes are remembered. */
export function positionOfChange({ list }: RecentChanges, commandId: string): number | undefined {
  return list.findLast((change) => change.commandId === commandId)?.position;
}

/** Which messages are pinned where the fold stands, by what was looked up at a position. */
export function pinnedNow(
  { list, completeSincePosition }: RecentChanges,
  lookedUp: { readonly messageIds: readonly MessageId[]; readonly position: number },
): ReadonlySet<MessageId> {
  if (lookedUp.position < completeSincePosition) throw new Error('more was forgotten than was looked up');
  const pinned = new Set(lookedUp.messageIds);
  for (const change of list) {
    if (change.position <= lookedUp.position) continue;
    if (change.kind === 'deleted' || (change.kind === 'pinned' && !change.isPinned)) {
      pinned.delete(change.messageId);
    } else if (change.kind === 'pinned') {
      pinned.add(change.messageId);
    }
  }
  return pinned;
}

import type { HiddenEvent, OwnViewEvent, RecordedEvent } from '@parley/contracts';
import { formatPosition } from '@parley/event-sourcing';

import type { ClientSession } from '../transport/client-session.ts';
import { encodeFrame, type Frame } from '../transport/frames.ts';

type Rows = {
  readonly [T in OwnViewEvent['type']]: (event: RecordedEvent<Extract<OwnViewEvent, { type: T }>>) => {
    readonly frame: Frame;
    readonly isForItsDevice: boolean;
  };
};

/** Whenever somebody keeps a conversation another way, their devices are told. */
const rows: Rows = {
  // The device that asked is told as well: of two acts at once, all devices then believe the one that came last.
  'conversation.preferences-changed': ({ data, position }) => {
    const { conversationId, archived, mutedUntil, pinnedAt, markedUnread, deviceId } = data;
    const frame = encodeFrame('conversation_preferences_updated', {
      conversationId,
      ...(archived === undefined ? {} : { isArchived: archived }),
      ...(mutedUntil === undefined ? {} : { mutedUntil }),
      ...(pinnedAt === undefined ? {} : { isPinned: pinnedAt !== null }),
      ...(markedUnread === undefined ? {} : { isMarkedUnread: markedUnread }),
      ownViewVersion: position,
      syncedFrom: deviceId ?? null,
    });
    return { frame, isForItsDevice: true };
  },

  // Where it is being typed it is newer already.
  'conversation.draft-saved': ({ data, position, at }) => {
    const { conversationId, draft, savedAtSeq, deviceId } = data;
    const frame = encodeFrame('draft_updated', {
      conversationId,
      draft: draft && { ...draft, savedAt: at, savedAtSeq },
      ownViewVersion: position,
      syncedFrom: deviceId ?? null,
    });
    return { frame, isForItsDevice: false };
  },
};

export function isOwnViewEvent(event: RecordedEvent): event is RecordedEvent<OwnViewEvent> {
  return Object.hasOwn(rows, event.type);
}

export function tellOwnDevices(
  event: RecordedEvent<OwnViewEvent>,
  sessions: ReadonlySet<ClientSession>,
): void {
  if (sessions.size === 0) return;
  // TypeScript cannot see that table[event.type] accepts event.
  const row = rows[event.type] as (event: RecordedEvent<OwnViewEvent>) => {
    readonly frame: Frame;
    readonly isForItsDevice: boolean;
  };
  const { frame, isForItsDevice } = row(event);
  for (const session of sessions) {
    if (isForItsDevice || session.identity.deviceId !== event.data.deviceId) session.push(frame);
  }
}

/** Whenever somebody deletes a message for themselves, all of their devices are told, the one that asked too. */
export function tellHidden(event: RecordedEvent<HiddenEvent>, sessions: ReadonlySet<ClientSession>): void {
  if (sessions.size === 0) return;
  const { data, at } = event;
  const position = formatPosition('user', event.position);
  const frame = encodeFrame('message_deleted', { ...data, at, scope: 'me', seq: null, position });
  for (const session of sessions) session.push(frame);
}

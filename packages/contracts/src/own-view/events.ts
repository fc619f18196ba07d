import { z } from 'zod';

import { defineEvent, type EventOf } from '../kernel/event.ts';
import { ConversationId, DeviceId, SeqOrZero, Timestamp } from '../kernel/scalars.ts';
import { Draft, MutedUntil } from './views.ts';

/** What is not named has not changed; `null` undoes. The person is the envelope's actor. */
export const preferencesChanged = defineEvent({
  type: 'conversation.preferences-changed',
  data: z.object({
    conversationId: ConversationId,
    deviceId: DeviceId.optional(),
    archived: z.boolean().optional(),
    mutedUntil: MutedUntil.nullable().optional(),
    pinnedAt: Timestamp.nullable().optional(),
    markedUnread: z.boolean().optional(),
    /**
     * With a mark: where the conversation's log stood, its read positions included. A read or an own message after
     * that position clears the mark; the two are in different logs, so nothing else tells which came first.
     */
    readsStoodAt: SeqOrZero.optional(),
  }),
});

export const draftSaved = defineEvent({
  type: 'conversation.draft-saved',
  data: z.object({
    conversationId: ConversationId,
    deviceId: DeviceId.optional(),
    draft: Draft.nullable(),
    /** The conversation's number when it was saved: what the person sends after it takes the draft's place. */
    savedAtSeq: SeqOrZero,
  }),
});

/** How a person keeps their conversations, in the `v.conv` lane of their own log. */
export type OwnViewEvent = EventOf<typeof preferencesChanged | typeof draftSaved>;

export const ownViewEvents = [preferencesChanged, draftSaved] as const;

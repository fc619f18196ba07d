import { z } from 'zod';

import { defineCommand } from '../kernel/command.ts';
import { ConversationId } from '../kernel/scalars.ts';
import { Draft, MutedUntil } from './views.ts';

const Kept = z.object({ conversationId: ConversationId });

/** Changes how somebody keeps a conversation; what is not named stays as it is. */
export const changePreferences = defineCommand({
  type: 'conversation.change-preferences',
  input: z.strictObject({
    conversationId: ConversationId,
    archived: z.boolean().optional(),
    mutedUntil: MutedUntil.nullable().optional(),
    pinned: z.boolean().optional(),
    markedUnread: z.boolean().optional(),
  }),
  answer: Kept,
  rejections: ['conversation-not-found', 'mute-is-over'],
});

/** Keeps what somebody has begun to write, or forgets it. */
export const saveDraft = defineCommand({
  type: 'conversation.save-draft',
  input: z.strictObject({ conversationId: ConversationId, draft: Draft.nullable() }),
  answer: Kept,
  rejections: ['conversation-not-found'],
});

/** What a person may do to their own view of a conversation; the conversation itself does not change. */
export const ownViewCommands = [changePreferences, saveDraft] as const;
export type OwnViewCommandContract = (typeof ownViewCommands)[number];

import { z } from 'zod';

import { defineEvent, type EventOf } from '../kernel/event.ts';
import { ConversationId, FileId, MessageId } from '../kernel/scalars.ts';
import { FileDescription } from './views.ts';

/** The owner is the envelope's actor. */
export const fileRegistered = defineEvent({
  type: 'file.registered',
  data: FileDescription.extend({ fileId: FileId }),
});

/** To this message, and to no other one ever. */
export const fileAttached = defineEvent({
  type: 'file.attached',
  data: z.object({ fileId: FileId, messageId: MessageId, conversationId: ConversationId }),
});

/** Everything about a file, in the lane `a` of its log. */
export type FileEvent = EventOf<typeof fileRegistered | typeof fileAttached>;

export const fileEvents = [fileRegistered, fileAttached] as const;

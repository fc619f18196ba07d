import { z } from 'zod';

import { defineCommand } from '../kernel/command.ts';
import { ConversationId, FileId, MessageId } from '../kernel/scalars.ts';
import { FileDescription, FileKind, FileView } from './views.ts';

/** How many files one message may take. */
export const ATTACHMENT_COUNT_MAX = 10;

export const registerFile = defineCommand({
  type: 'file.register',
  input: FileDescription.extend({ fileId: FileId }),
  answer: FileView,
  rejections: ['media-type-not-allowed', 'file-too-large', 'idempotency-key-reused'],
});

/**
 * Gives a sender's files to one message, all or none. Asked by the message service before it stores the message;
 * asking again for the same message changes nothing.
 */
export const attachFiles = defineCommand({
  type: 'file.attach',
  input: z.strictObject({
    conversationId: ConversationId,
    messageId: MessageId,
    fileIds: z.array(FileId).min(1).max(ATTACHMENT_COUNT_MAX),
    /** What the message shows; a file of any kind where it does not say. */
    kind: FileKind.optional(),
  }),
  /** The files as they are described, in the order in which they were asked for. */
  answer: z.object({ files: z.array(FileDescription.extend({ fileId: FileId })) }),
  rejections: ['file-not-found', 'file-already-attached', 'file-of-another-kind'],
});

export const fileCommands = [registerFile, attachFiles] as const;
export type FileCommandContract = (typeof fileCommands)[number];

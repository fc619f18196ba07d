import { z } from 'zod';

import { defineQuery } from '../kernel/query.ts';
import { FileId, UserId } from '../kernel/scalars.ts';
import { FileView } from './views.ts';

/** A file, for its owner and for whoever sees a message that has it, or is in a group that shows it. */
export const getFile = defineQuery({
  type: 'file.get-file',
  input: z.strictObject({ userId: UserId, fileId: FileId }),
  answer: FileView,
  rejections: ['file-not-found'],
});

/** Whether somebody may show a file as a picture: it is theirs, and an image. Told from the log, so at once. */
export const checkPicture = defineQuery({
  type: 'file.check-picture',
  input: z.strictObject({ userId: UserId, fileId: FileId }),
  answer: z.object({}),
  rejections: ['file-not-found', 'file-of-another-kind'],
});

export const fileQueries = [getFile, checkPicture] as const;
export type FileQueryContract = (typeof fileQueries)[number];

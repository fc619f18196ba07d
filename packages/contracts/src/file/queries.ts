import { z } from 'zod';

import { defineQuery } from '../kernel/query.ts';
import { FileId, UserId } from '../kernel/scalars.ts';
import { FileView } from './views.ts';

/** A file, for its owner and for whoever sees a message that has it. */
export const getFile = defineQuery({
  type: 'file.get-file',
  input: z.strictObject({ userId: UserId, fileId: FileId }),
  answer: FileView,
  rejections: ['file-not-found'],
});

export const fileQueries = [getFile] as const;
export type FileQueryContract = (typeof fileQueries)[number];

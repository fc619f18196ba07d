import { z } from 'zod';

import { FileId } from '../kernel/scalars.ts';
import { FileDescription, FileView } from '../file/views.ts';
import { defineRoute } from './route.ts';

export const fileRoutes = {
  registerFile: defineRoute({
    method: 'POST',
    path: '/files',
    auth: 'session',
    status: 201,
    body: FileDescription,
    answer: FileView,
    summary: 'Registers a file, so that a message can name it. The same Idempotency-Key gives the same file.',
  }),
  getFile: defineRoute({
    method: 'GET',
    path: '/files/:id',
    auth: 'session',
    status: 200,
    params: z.object({ id: FileId }),
    answer: FileView,
    summary: 'What a file is, for its owner and whoever sees a message with it.',
  }),
} as const;

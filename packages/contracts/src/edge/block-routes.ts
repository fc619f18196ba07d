import { z } from 'zod';

import { listBlocks } from '../conversation/queries.ts';
import { Position, UserId } from '../kernel/scalars.ts';
import { defineRoute } from './route.ts';

const OfPerson = z.object({ userId: UserId });
const Written = z.object({ position: Position });

export const blockRoutes = {
  listBlocks: defineRoute({
    method: 'GET',
    path: '/blocks',
    auth: 'session',
    status: 200,
    query: listBlocks.input.omit({ userId: true }),
    answer: listBlocks.answer,
    summary: 'Whom this person has blocked, the last one first.',
  }),
  blockPerson: defineRoute({
    method: 'PUT',
    path: '/blocks/:userId',
    auth: 'session',
    status: 200,
    params: OfPerson,
    answer: Written,
    summary: 'Takes no direct messages from somebody any more.',
  }),
  unblockPerson: defineRoute({
    method: 'DELETE',
    path: '/blocks/:userId',
    auth: 'session',
    status: 200,
    params: OfPerson,
    answer: Written,
    summary: 'Takes direct messages from somebody again.',
  }),
} as const;

import { z } from 'zod';

import { StickerPackId } from '../kernel/scalars.ts';
import { pageOf } from '../kernel/query.ts';
import { CountedStickerPackView } from '../sticker/packs.ts';
import { defineRoute } from './route.ts';

export const stickerRoutes = {
  listStickerPacks: defineRoute({
    method: 'GET',
    path: '/stickers/packs',
    auth: 'session',
    status: 200,
    answer: pageOf(CountedStickerPackView),
    summary: 'The packs of stickers, in order, and how often each sticker is used.',
  }),
  getStickerPack: defineRoute({
    method: 'GET',
    path: '/stickers/packs/:id',
    auth: 'session',
    status: 200,
    params: z.object({ id: StickerPackId }),
    answer: CountedStickerPackView,
    summary: 'A pack of stickers, and how often each is used.',
  }),
} as const;

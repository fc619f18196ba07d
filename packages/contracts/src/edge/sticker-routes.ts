import { z } from 'zod';

import { StickerPackId } from '../kernel/scalars.ts';
import { pageOf } from '../kernel/query.ts';
import { StickerPackView } from '../sticker/packs.ts';
import { defineRoute } from './route.ts';

export const stickerRoutes = {
  listStickerPacks: defineRoute({
    method: 'GET',
    path: '/stickers/packs',
    auth: 'session',
    status: 200,
    answer: pageOf(StickerPackView),
    summary: 'The packs of stickers, in order.',
  }),
  getStickerPack: defineRoute({
    method: 'GET',
    path: '/stickers/packs/:id',
    auth: 'session',
    status: 200,
    params: z.object({ id: StickerPackId }),
    answer: StickerPackView,
    summary: 'A pack of stickers.',
  }),
} as const;

import type { stickerRoutes } from '@parley/contracts';

import type { Row } from './rows.ts';

const open: readonly Row[] = [{ place: 'nowhere', why: 'the same for everybody' }];

export const stickerRows: { readonly [Name in keyof typeof stickerRoutes]: readonly Row[] } = {
  listStickerPacks: open,
  getStickerPack: open,
};

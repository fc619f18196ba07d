import { stickerPacks, type stickerRoutes } from '@parley/contracts';

import { edgeError, edgeOk } from './edge-error.ts';
import type { RestHandlers } from './rest-contract.ts';

/** The packs come with the contracts: nobody has to be asked for them. */
export function stickerRest(): RestHandlers<keyof typeof stickerRoutes> {
  return {
    listStickerPacks: async () =>
      edgeOk({ data: [...stickerPacks], page: { nextCursor: null, prevCursor: null, hasMore: false } }),

    getStickerPack: async ({ params }) => {
      const pack = stickerPacks.find(({ packId }) => packId === params.id);
      return pack ? edgeOk(pack) : edgeError('NOT_FOUND', 'There is no such pack.');
    },
  };
}

import {
  countStickerUses,
  type CountedStickerPackView,
  stickerPacks,
  type StickerPackView,
  type stickerRoutes,
} from '@parley/contracts';

import type { Asking } from '../queries/query-bus.ts';
import { edgeError, edgeOk } from './edge-error.ts';
import type { RestHandlers, RestPorts } from './rest-contract.ts';

/** The packs come with the contracts, so they are shown whether or not somebody can tell how often they are used. */
export function stickerRest({
  queries,
}: Pick<RestPorts, 'queries'>): RestHandlers<keyof typeof stickerRoutes> {
  async function counted(
    packs: readonly StickerPackView[],
    asking: Asking,
  ): Promise<CountedStickerPackView[]> {
    const stickerIds = packs.flatMap(({ stickers }) => stickers.map(({ stickerId }) => stickerId));
    const outcome = await queries.ask(countStickerUses, { stickerIds }, asking);
    const uses =
      outcome.kind === 'ok'
        ? new Map(outcome.answer.uses.map(({ stickerId, count }) => [stickerId, count]))
        : undefined;
    return packs.map((pack) => ({
      ...pack,
      stickers: pack.stickers.map((sticker) => ({
        ...sticker,
        useCount: uses ? (uses.get(sticker.stickerId) ?? 0) : null,
      })),
    }));
  }

  return {
    listStickerPacks: async ({ asking }) =>
      edgeOk({
        data: await counted(stickerPacks, asking),
        page: { nextCursor: null, prevCursor: null, hasMore: false },
      }),

    getStickerPack: async ({ params, asking }) => {
      const found = stickerPacks.filter(({ packId }) => packId === params.id);
      const [pack] = await (found.length > 0 ? counted(found, asking) : []);
      return pack ? edgeOk(pack) : edgeError('NOT_FOUND', 'There is no such pack.');
    },
  };
}

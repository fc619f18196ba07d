import type { StickerId, StickerUses } from '@parley/contracts';
import type { Kysely } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';

/** How often stickers were sent; one that nobody has sent is left out. */
export async function countStickerUses(
  db: Kysely<MessageDb>,
  { stickerIds }: { readonly stickerIds: readonly StickerId[] },
): Promise<StickerUses> {
  const uses = await db
    .selectFrom('sticker_count')
    .select(['sticker_id as stickerId', 'count'])
    .where('sticker_id', 'in', stickerIds)
    .where('count', '>', 0)
    .orderBy('sticker_id')
    .execute();
  return { uses };
}

import { StickerId } from '@parley/contracts';
import { stickerPicture } from '@parley/stickers';
import type { FastifyInstance } from 'fastify';

/** A sticker never changes what it shows, so a picture is fetched once. */
const PICTURE_AGE_S = 365 * 24 * 60 * 60;

/** The pictures, for anybody: an `<img>` carries no token, and they are the same for all. */
export function serveStickerPictures(app: FastifyInstance): void {
  for (const prefix of ['', '/v1']) {
    app.get<{ Params: { id: string } }>(`${prefix}/stickers/:id/picture`, async ({ params }, reply) => {
      const id = StickerId.safeParse(params.id);
      const picture = id.success ? stickerPicture(id.data) : undefined;
      if (picture === undefined) return reply.callNotFound();
      return reply
        .type('image/svg+xml')
        .headers({
          'cache-control': `public, max-age=${PICTURE_AGE_S}, immutable`,
          'cross-origin-resource-policy': 'cross-origin',
        })
        .send(picture);
    });
  }
}

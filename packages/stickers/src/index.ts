import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { findSticker, type StickerId, stickerPacks } from '@parley/contracts';

const PICTURES = join(import.meta.dirname, '..', 'pictures');

// Read once, at the start: a picture that is missing is found out then, and not by whoever looks at it.
const pictures: ReadonlyMap<string, string> = new Map(
  stickerPacks.flatMap(({ stickers }) =>
    stickers.map(({ name }) => [name, readFileSync(join(PICTURES, `${name}.svg`), 'utf8')]),
  ),
);

/** A sticker's picture, as SVG. Drawn for this project, under its licence. */
export function stickerPicture(stickerId: StickerId): string | undefined {
  const sticker = findSticker(stickerId);
  return sticker && pictures.get(sticker.name);
}

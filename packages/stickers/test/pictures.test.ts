import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { newId, type StickerId, stickerPacks } from '@parley/contracts';
import { expect, test } from 'vitest';

import { stickerPicture } from '../src/index.ts';

const PICTURE_BYTES_MAX = 4_096;
const stickers = stickerPacks.flatMap((pack) => pack.stickers);

test.each(stickers.map(({ name, stickerId }) => [name, stickerId] as const))(
  '%s has a small picture that draws and does nothing else',
  (_, stickerId) => {
    const picture = stickerPicture(stickerId) ?? '';
    expect(picture).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 120 120"/);
    expect(Buffer.byteLength(picture)).toBeLessThan(PICTURE_BYTES_MAX);
    expect(picture).not.toMatch(/<script|<foreignObject|<image|<use|\bon[a-z]+=|href|style|url\(/i);
  },
);

test('no sticker has the id or the name of another, and no picture belongs to none', () => {
  expect(new Set(stickers.map(({ stickerId }) => stickerId)).size).toBe(stickers.length);
  const drawn = readdirSync(join(import.meta.dirname, '..', 'pictures'));
  expect(drawn.toSorted()).toEqual(stickers.map(({ name }) => `${name}.svg`).toSorted());
});

test('what is no sticker has no picture', () => {
  expect(stickerPicture(newId<StickerId>('stk'))).toBeUndefined();
});

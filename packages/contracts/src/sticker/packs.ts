import { z } from 'zod';

import { StickerId, StickerPackId } from '../kernel/scalars.ts';

export const StickerView = z.object({
  stickerId: StickerId,
  name: z.string(),
  /** What it says, for a place that shows no pictures. */
  emoji: z.string(),
  /** What people type to find it, in English and Vietnamese. */
  tags: z.array(z.string()),
  /** Where its picture is, below the gateway's address. Anybody may load it, so that an `<img>` can. */
  picture: z.string(),
});
export type StickerView = z.output<typeof StickerView>;

/** A sticker as a list of packs shows it. */
export const CountedStickerView = StickerView.extend({
  /** How often people have sent it and not deleted it; nothing while that cannot be told. */
  useCount: z.int().min(0).nullable(),
});

/** Stickers that belong together, in the order in which they are shown. */
export const StickerPackView = z.object({
  packId: StickerPackId,
  name: z.string(),
  stickers: z.array(StickerView),
});
export type StickerPackView = z.output<typeof StickerPackView>;

export const CountedStickerPackView = StickerPackView.extend({ stickers: z.array(CountedStickerView) });
export type CountedStickerPackView = z.output<typeof CountedStickerPackView>;

/** Every pack there is, in order. A sticker's id is in messages for ever: one may be added, none renumbered. */
export const stickerPacks: readonly StickerPackView[] = [
  {
    packId: 'pck_00000000000000000000000001' as StickerPackId,
    name: 'Sen',
    stickers: [
      sticker({ number: 1, name: 'hello', emoji: '👋' }, ['hello', 'hi', 'xin chào', 'chào']),
      sticker({ number: 2, name: 'laugh', emoji: '😄' }, ['laugh', 'haha', 'cười', 'vui']),
      sticker({ number: 3, name: 'love', emoji: '😍' }, ['love', 'heart', 'yêu', 'thương']),
      sticker({ number: 4, name: 'thanks', emoji: '🙏' }, ['thanks', 'thank you', 'cảm ơn']),
      sticker({ number: 5, name: 'yes', emoji: '👍' }, ['yes', 'ok', 'good', 'đồng ý', 'được']),
      sticker({ number: 6, name: 'no', emoji: '👎' }, ['no', 'không']),
      sticker({ number: 7, name: 'sad', emoji: '😢' }, ['sad', 'cry', 'buồn', 'khóc']),
      sticker({ number: 8, name: 'angry', emoji: '😠' }, ['angry', 'giận']),
      sticker({ number: 9, name: 'surprised', emoji: '😮' }, ['surprised', 'wow', 'ngạc nhiên']),
      sticker({ number: 10, name: 'tired', emoji: '😴' }, [
        'tired',
        'sleep',
        'good night',
        'ngủ ngon',
        'mệt',
      ]),
      sticker({ number: 11, name: 'coffee', emoji: '☕' }, ['coffee', 'break', 'cà phê']),
      sticker({ number: 12, name: 'party', emoji: '🎉' }, ['party', 'congratulations', 'chúc mừng']),
    ],
  },
];

const byId: ReadonlyMap<StickerId, StickerView> = new Map(
  stickerPacks.flatMap(({ stickers }) => stickers.map((one) => [one.stickerId, one])),
);

export function findSticker(stickerId: StickerId): StickerView | undefined {
  return byId.get(stickerId);
}

interface Drawn {
  readonly number: number;
  readonly name: string;
  readonly emoji: string;
}

function sticker({ number, ...drawn }: Drawn, tags: string[]): StickerView {
  const stickerId = `stk_${String(number).padStart(26, '0')}` as StickerId;
  return { stickerId, ...drawn, tags, picture: `/stickers/${stickerId}/picture` };
}

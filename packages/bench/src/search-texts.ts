import { pick, type Random } from './random.ts';

const ONSETS = 'b c d đ g h k l m n r s t v x ch gi kh ng nh ph qu th tr'.split(' ');
const RHYMES =
  'a à ác ai am an ang anh ao âu ế iếng iệt iều ì inh ong ông ơ ời ương ường ước u ú ung uôn ôi ội yêu ăng ẹp'.split(
    ' ',
  );
const SIGNS = Array.from(
  '我家在上海东边今天气很好你吃饭了吗明去北京工作学习中文日本語話会议时间问题可以没有什么朋友电影音乐',
);
const SIGN_TEXT_SHARE = 0.05;

/** What people write: syllables, some of them very common, and now and then a text without blanks. */
export class TextWriter {
  readonly #random: Random;
  readonly #syllables: readonly string[];

  constructor(random: Random) {
    this.#random = random;
    this.#syllables = ONSETS.flatMap((onset) => RHYMES.map((rhyme) => onset + rhyme));
  }

  next(): string {
    const length = 3 + Math.floor(this.#random() * 15);
    const writesSigns = this.#random() < SIGN_TEXT_SHARE;
    const pieces = Array.from({ length }, () => (writesSigns ? pick(this.#random, SIGNS) : this.#syllable()));
    return pieces.join(writesSigns ? '' : ' ');
  }

  #syllable(): string {
    const index = Math.floor(this.#syllables.length * this.#random() ** 3);
    return this.#syllables[index] ?? '';
  }
}

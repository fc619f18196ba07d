/**
 * A segment is a stretch of the log. Its number is a part of every key, so that a lookup touches the keys of one
 * stretch only, however long the log grows and however common a key is: the newest stretch first, and no further
 * than a page needs.
 */
export const SEGMENT_POSITION_COUNT = 16_384;
/** How many bits of a key say what it stands for; the others say in which segment. */
const GRAM_BITS = 20;
/** Segments share numbers after so many: keys only propose, and what they propose is checked. */
const SEGMENT_NUMBER_COUNT = 2 ** (32 - GRAM_BITS);
const BLANK = 0x20;
/** By how many grams a search is looked up. */
const LOOK_UP_GRAM_COUNT_MAX = 6;
/** The letters of folded Vietnamese and English, the most frequent first. */
const COMMON_LETTERS = 'nhtiagoceumdlrvbsypkqxfwzj';

/** What can be looked up of a message beside its words. */
export type SearchMark =
  | { readonly kind: 'conversation' | 'sender' | 'type'; readonly value: string }
  | { readonly kind: 'any' | 'attachment' | 'mention' };

export function segmentOf(position: number): number {
  return Math.floor(position / SEGMENT_POSITION_COUNT);
}

/** The key of a gram or mark in a segment, as Postgres keeps it: a signed number of 32 bits. */
export function segmentKey(segment: number, gram: number): number {
  return ((segment % SEGMENT_NUMBER_COUNT) << GRAM_BITS) | gram;
}

/**
 * The grams of a folded text, each once: every two neighbouring units, and every sign of a script in which one
 * sign may be a word. None reaches over a blank, because what is looked for is looked for word by word.
 */
export function gramsOf(folded: string): ReadonlySet<number> {
  return new Set([...pairsOf(folded).map(({ gram }) => gram), ...signsOf(folded)]);
}

/**
 * Some grams that every text with these words has, the rarest that a look at their letters tells: each more costs a
 * walk through one more list, and tells less. None where all words are single letters.
 */
export function gramsToFind(words: readonly string[]): readonly number[] {
  const pairs = words.flatMap((word) => pairsOf(word));
  const found = words.flatMap((word) => {
    // Whatever has the pair has its signs, and the pair is rarer.
    const own = pairsOf(word);
    return own.length > 0 ? [] : signsOf(word);
  });
  const rarest = pairs.toSorted((one, other) => other.rarity - one.rarity).map(({ gram }) => gram);
  return [...new Set([...found, ...rarest])].slice(0, LOOK_UP_GRAM_COUNT_MAX);
}

/** A mark is kept and looked up as a gram is. */
export function markGram(mark: SearchMark): number {
  const text = 'value' in mark ? `${mark.kind} ${mark.value}` : mark.kind;
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return shortened(hash);
}

interface Pair {
  readonly gram: number;
  readonly rarity: number;
}

function pairsOf(folded: string): Pair[] {
  const pairs: Pair[] = [];
  let previous = 0;
  for (let index = 0; index < folded.length; index += 1) {
    const unit = folded.charCodeAt(index);
    if (unit <= BLANK) {
      previous = 0;
      continue;
    }
    if (previous !== 0) {
      pairs.push({ gram: gramOf(previous, unit), rarity: rarityOf(previous) + rarityOf(unit) });
    }
    previous = unit;
  }
  return pairs;
}

function rarityOf(unit: number): number {
  const place = COMMON_LETTERS.indexOf(String.fromCharCode(unit));
  return place < 0 ? COMMON_LETTERS.length : place;
}

function signsOf(folded: string): number[] {
  const grams: number[] = [];
  for (let index = 0; index < folded.length; index += 1) {
    const unit = folded.charCodeAt(index);
    if (isWordSign(unit)) grams.push(gramOf(0, unit));
  }
  return grams;
}

function gramOf(first: number, second: number): number {
  return shortened(Math.imul(first, 0x9e3779b1) + Math.imul(second, 0x85ebca6b));
}

function shortened(hash: number): number {
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> (32 - GRAM_BITS);
}

/** Han, kana, bopomofo and Korean syllables: scripts without blanks, or with words of one sign. */
function isWordSign(unit: number): boolean {
  return (
    (unit >= 0x2e80 && unit <= 0x2fdf) ||
    (unit >= 0x3005 && unit <= 0x4dbf) ||
    (unit >= 0x4e00 && unit <= 0x9fff) ||
    (unit >= 0xac00 && unit <= 0xd7af) ||
    (unit >= 0xf900 && unit <= 0xfaff)
  );
}

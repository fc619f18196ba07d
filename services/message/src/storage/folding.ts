/**
 * A piece of text that people see as one, as search knows it: with its accents (`ườ`), and without (`uo`).
 * Either may be longer or shorter than what was written: `ﬁ` is `fi`, and an accent typed by itself is nothing.
 */
interface Fold {
  readonly accented: string;
  readonly folded: string;
}

/** A text as search compares it: `folded` without case, width and accents, `accented` with the accents alone. */
export interface FoldedText extends Fold {
  /** For each unit of `folded`, where what it was made of begins and ends in the original. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** A word that is looked for. Who typed an accent prefers texts that have it. */
export interface SearchWord extends Fold {
  readonly isAccented: boolean;
}

const KNOWN_COUNT_MAX = 20_000;
const KNOWN_LENGTH_MAX = 4;
const ASCII_END = 0x80;
const FIRST_MARK = 0x300;

/** Accents of Latin, Greek and Cyrillic; a Japanese or Indic mark makes another letter, and stays. */
const ACCENTS = /[\u0300-\u036f]|[\u1ab0-\u1aff]|[\u1dc0-\u1dff]|[\u20d0-\u20ff]|[\ufe20-\ufe2f]/g;
/** What nobody sees: soft hyphens, joiners, and which picture of a character is meant. */
const UNSEEN = /[\u00ad\u200b-\u200d\u2060\ufeff]|[\ufe00-\ufe0f]/g;
const MARK = /^\p{M}$/u;
const SPACE = /^\s$/;

/** Letters that Unicode does not take apart. */
const PLAIN_LETTERS: Readonly<Record<string, string>> = {
  đ: 'd',
  ð: 'd',
  ł: 'l',
  ø: 'o',
  ħ: 'h',
  ŧ: 't',
  ı: 'i',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
};
const INDIVISIBLE = new RegExp(`[${Object.keys(PLAIN_LETTERS).join('')}]`, 'g');

const known = new Map<string, Fold>();

/** The text as it is compared, without the way back. */
export function foldText(text: string): Fold {
  const accented: string[] = [];
  const folded: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = pieceEnd(text, start);
    const fold = foldPiece(text, start, end);
    accented.push(fold.accented);
    folded.push(fold.folded);
    start = end;
  }
  return { accented: accented.join(''), folded: folded.join('') };
}

/** The text as it is compared, and the way back from each of its units. */
export function foldWithOffsets(text: string): FoldedText {
  const pieces: Fold[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  for (let start = 0; start < text.length;) {
    const end = pieceEnd(text, start);
    const fold = foldPiece(text, start, end);
    pieces.push(fold);
    for (let unit = 0; unit < fold.folded.length; unit += 1) {
      starts.push(start);
      ends.push(end);
    }
    start = end;
  }
  return {
    accented: pieces.map(({ accented }) => accented).join(''),
    folded: pieces.map(({ folded }) => folded).join(''),
    starts,
    ends,
  };
}

/** The words of what somebody looks for, each once. Nothing in it is an operator. */
export function searchWords(text: string): readonly SearchWord[] {
  const words = text.split(/\s+/u).map((word) => foldText(word));
  const distinct = new Map(words.map((word) => [word.accented, word]));
  return [...distinct.values()]
    .filter(({ folded }) => folded.trim() !== '')
    .map((word) => ({ ...word, isAccented: word.accented !== word.folded }));
}

/** Where the piece that begins here ends: a letter and what is written onto it. */
function pieceEnd(text: string, start: number): number {
  const first = text.codePointAt(start) ?? 0;
  let end = start + (first > 0xffff ? 2 : 1);
  while (end < text.length) {
    const next = text.codePointAt(end) ?? 0;
    if (next < FIRST_MARK || !isJoined(next)) break;
    end += next > 0xffff ? 2 : 1;
  }
  return end;
}

/** Marks, the vowels and finals of Korean written in parts, and the voicing of half-width Japanese. */
function isJoined(codePoint: number): boolean {
  if (codePoint >= 0x1160 && codePoint <= 0x11ff) return true;
  if (codePoint === 0xff9e || codePoint === 0xff9f) return true;
  // Most of what is written lies in these, and asking for each costs.
  if (codePoint >= 0x1e00 && codePoint < 0x20d0 && codePoint !== 0x200d) return false;
  if (codePoint >= 0x309b && codePoint < 0xa66f) return false;
  return MARK.test(String.fromCodePoint(codePoint));
}

function foldPiece(text: string, start: number, end: number): Fold {
  const piece = text.slice(start, end);
  const found = known.get(piece);
  if (found !== undefined) return found;

  const fold = foldUnknown(piece);
  if (piece.length <= KNOWN_LENGTH_MAX) {
    if (known.size >= KNOWN_COUNT_MAX) known.clear();
    known.set(piece, fold);
  }
  return fold;
}

function foldUnknown(piece: string): Fold {
  if (SPACE.test(piece)) return { accented: ' ', folded: ' ' };
  const first = piece.charCodeAt(0);
  if (piece.length === 1 && first < ASCII_END) {
    const lower = piece.toLowerCase();
    return { accented: lower, folded: lower };
  }
  // A final sigma is a sigma; which of them lower case makes depends on what stands around it.
  const lower = piece.normalize('NFKC').toLowerCase().replaceAll('ς', 'σ').replaceAll(UNSEEN, '');
  const accented = lower.normalize('NFC');
  const folded = accented
    .normalize('NFD')
    .replaceAll(ACCENTS, '')
    .replaceAll(INDIVISIBLE, (letter) => PLAIN_LETTERS[letter] ?? letter)
    .normalize('NFC');
  return { accented, folded };
}

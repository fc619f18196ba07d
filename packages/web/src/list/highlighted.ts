interface Mark {
  readonly offset: number;
  readonly length: number;
}

export interface Piece {
  readonly text: string;
  readonly isFound: boolean;
}

/** How much is shown before the first mark. */
const LEAD_LENGTH = 30;

/** A text cut where marks begin and end, from a little before the first one. */
export function highlighted(text: string, marks: readonly Mark[]): readonly Piece[] {
  const sorted = marks.toSorted((one, other) => one.offset - other.offset);
  const first = sorted[0]?.offset ?? 0;
  const start = first > LEAD_LENGTH ? first - LEAD_LENGTH : 0;
  const pieces: Piece[] = [];
  let at = start;
  for (const { offset, length } of sorted) {
    if (offset < at) continue;
    pieces.push({ text: text.slice(at, offset), isFound: false });
    pieces.push({ text: text.slice(offset, offset + length), isFound: true });
    at = offset + length;
  }
  pieces.push({ text: text.slice(at), isFound: false });
  const shown = pieces.filter((piece) => piece.text !== '');
  const [head, ...rest] = shown;
  return start > 0 && head !== undefined ? [{ ...head, text: `…${head.text}` }, ...rest] : shown;
}

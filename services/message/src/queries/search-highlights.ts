import {
  type Highlight,
  HIGHLIGHT_COUNT_MAX,
  type MessageContent,
  type SearchablePart,
  searchableParts,
} from '@parley/contracts';

import { foldWithOffsets, type SearchWord } from '../storage/folding.ts';

interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Where the words stand in what was written, in its order, none inside another; nothing where one of them is not
 * there at all: then the message was changed since the index was read.
 */
export function highlightsOf(
  content: MessageContent,
  words: readonly SearchWord[],
): readonly Highlight[] | undefined {
  const missing = new Set(words);
  const highlights = searchableParts(content).flatMap((part) => highlightsIn(part, words, missing));
  return missing.size === 0 ? highlights.slice(0, HIGHLIGHT_COUNT_MAX) : undefined;
}

function highlightsIn(
  { text, ...place }: SearchablePart,
  words: readonly SearchWord[],
  missing: Set<SearchWord>,
): readonly Highlight[] {
  const { folded, starts, ends } = foldWithOffsets(text);
  const ranges: Range[] = [];
  for (const word of words) {
    const { length } = word.folded;
    let count = 0;
    for (let at = folded.indexOf(word.folded); at >= 0 && count < HIGHLIGHT_COUNT_MAX; count += 1) {
      missing.delete(word);
      ranges.push({ start: starts[at] ?? 0, end: ends[at + length - 1] ?? text.length });
      at = folded.indexOf(word.folded, at + length);
    }
  }
  return merged(ranges).map(({ start, end }) => ({ ...place, offset: start, length: end - start }));
}

function merged(ranges: readonly Range[]): readonly Range[] {
  const apart: Range[] = [];
  for (const range of ranges.toSorted((one, other) => one.start - other.start)) {
    const last = apart.at(-1);
    if (last === undefined || range.start > last.end) apart.push(range);
    else if (range.end > last.end) apart[apart.length - 1] = { start: last.start, end: range.end };
  }
  return apart;
}

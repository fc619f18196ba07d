import type { TextEntity } from '@parley/contracts';

type EntityType = TextEntity['type'];

/** An entity as it is said: its ids are judged by the server. */
export interface SaidEntity {
  readonly type: EntityType;
  readonly offset: number;
  readonly length: number;
  readonly userId?: string;
  readonly all?: true;
  readonly url?: string;
}

/** Somebody who was picked while writing, and how they stand in the text. */
export interface Picked {
  /** As `@Bình`. */
  readonly name: string;
  /** Absent: everybody. */
  readonly userId?: string;
}

export interface SaidWording {
  readonly text: string;
  readonly entities: readonly SaidEntity[];
}

const marks = [
  { mark: '```', type: 'pre' },
  { mark: '**', type: 'bold' },
  { mark: '`', type: 'code' },
  { mark: '_', type: 'italic' },
] as const satisfies readonly { mark: string; type: EntityType }[];

/** What was typed, as words with a meaning: marks become entities, and so do those who were picked. */
export function wordingOf(typed: string, picked: readonly Picked[]): SaidWording {
  const { text, entities } = withoutMarks(typed.trim());
  const inCode = (at: number) =>
    entities.some(({ type, offset, length }) => {
      return (type === 'code' || type === 'pre') && at >= offset && at < offset + length;
    });
  const mentions = mentionsOf(text, picked).filter(({ offset }) => !inCode(offset));
  const all = [...entities, ...mentions].toSorted((one, other) => one.offset - other.offset);
  return { text, entities: all };
}

/** The other way round, to be edited. */
export function typedOf({
  text,
  entities = [],
}: {
  text: string;
  entities?: readonly SaidEntity[] | undefined;
}): {
  readonly typed: string;
  readonly picked: readonly Picked[];
} {
  const inserts = entities.flatMap(({ type, offset, length }) => {
    const mark = marks.find((one) => one.type === type)?.mark;
    return mark === undefined
      ? []
      : [
          { at: offset, mark },
          { at: offset + length, mark },
        ];
  });
  const typed = inserts
    .toSorted((one, other) => other.at - one.at)
    .reduce((sum, { at, mark }) => sum.slice(0, at) + mark + sum.slice(at), text);
  const picked = entities
    .filter(({ type }) => type === 'mention')
    .map(({ offset, length, userId }) => ({
      name: text.slice(offset, offset + length),
      ...(userId === undefined ? {} : { userId }),
    }));
  return { typed, picked };
}

/** The outermost pairs of marks, from the left; one that is not closed is a letter like any other. */
function withoutMarks(typed: string): SaidWording {
  let text = '';
  const entities: SaidEntity[] = [];
  let at = 0;
  while (at < typed.length) {
    const found = marks.find(({ mark }) => typed.startsWith(mark, at) && opens(typed, at, mark));
    const end = found === undefined ? -1 : closingOf(typed, at + found.mark.length, found.mark);
    if (found === undefined || end === -1) {
      text += typed[at];
      at += 1;
      continue;
    }
    const inner = typed.slice(at + found.mark.length, end);
    entities.push({ type: found.type, offset: text.length, length: inner.length });
    text += inner;
    at = end + found.mark.length;
  }
  return { text, entities };
}

/** Between two letters a mark is a part of the word, as in snake_case. */
function opens(typed: string, at: number, mark: string): boolean {
  if (mark !== '_') return true;
  return at === 0 || !/[\p{L}\p{N}_]/u.test(typed[at - 1] ?? '');
}

function closingOf(typed: string, from: number, mark: string): number {
  for (let end = typed.indexOf(mark, from + 1); end !== -1; end = typed.indexOf(mark, end + 1)) {
    const isPartOfWord = mark === '_' && /[\p{L}\p{N}_]/u.test(typed[end + 1] ?? '');
    if (typed.slice(from, end).trim() !== '' && !isPartOfWord) return end;
  }
  return -1;
}

function mentionsOf(text: string, picked: readonly Picked[]): readonly SaidEntity[] {
  const longestFirst = picked.toSorted((one, other) => other.name.length - one.name.length);
  const taken: SaidEntity[] = [];
  for (const { name, userId } of longestFirst) {
    for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + name.length)) {
      const isTaken = taken.some(({ offset, length }) => at < offset + length && at + name.length > offset);
      if (isTaken) continue;
      const who = userId === undefined ? { all: true as const } : { userId };
      taken.push({ type: 'mention', offset: at, length: name.length, ...who });
    }
  }
  return taken;
}

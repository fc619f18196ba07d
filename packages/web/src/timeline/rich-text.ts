import type { TextEntity } from '@parley/contracts';

type Entity = Pick<TextEntity, 'type' | 'offset' | 'length' | 'userId' | 'all' | 'url'>;

/** A piece of a text in which every letter means the same. */
export interface TextPiece {
  readonly offset: number;
  readonly text: string;
  readonly marks: ReadonlySet<Entity['type']>;
  /** Whom a mention calls. */
  readonly userId?: string;
  /** Where a link leads. */
  readonly url?: string;
}

const ADDRESS = /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,:;!?)\]}]/g;

/** Cuts a text where a meaning begins or ends; addresses in it are links also where nobody said so. */
export function textPieces(text: string, entities: readonly Entity[] = []): readonly TextPiece[] {
  const known = entities.filter(({ offset, length }) => offset + length <= text.length);
  const all = [...known, ...addressesIn(text, known)];
  const cuts = new Set([0, text.length]);
  for (const { offset, length } of all) cuts.add(offset).add(offset + length);
  const sorted = [...cuts].toSorted((one, other) => one - other);
  return sorted.slice(0, -1).map((offset, index) => {
    const end = sorted[index + 1] ?? text.length;
    const here = all.filter((entity) => entity.offset <= offset && entity.offset + entity.length >= end);
    return pieceOf(text, { offset, end, here });
  });
}

interface Cut {
  readonly offset: number;
  readonly end: number;
  readonly here: readonly Entity[];
}

function pieceOf(text: string, { offset, end, here }: Cut): TextPiece {
  const mention = here.find(({ type }) => type === 'mention');
  const link = here.find(({ type }) => type === 'link');
  const linked = link?.url ?? (link && text.slice(link.offset, link.offset + link.length));
  const url = linked === undefined ? undefined : safeUrl(linked);
  return {
    offset,
    text: text.slice(offset, end),
    marks: new Set(here.map(({ type }) => type)),
    ...(mention?.userId === undefined ? {} : { userId: mention.userId }),
    ...(url === undefined ? {} : { url }),
  };
}

function addressesIn(text: string, known: readonly Entity[]): readonly Entity[] {
  const isTaken = (from: number, to: number) =>
    known.some(({ type, offset, length }) => {
      return ['link', 'code', 'pre'].includes(type) && offset < to && offset + length > from;
    });
  return [...text.matchAll(ADDRESS)].flatMap(({ 0: address, index }): Entity[] =>
    isTaken(index, index + address.length) ? [] : [{ type: 'link', offset: index, length: address.length }],
  );
}

/** Nothing but the web: an address may say anything. */
function safeUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, href } = new URL(text);
  return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}

const FEW_EMOJIS = /^(?:\p{RGI_Emoji}\s*){1,3}$/v;

/** A few emojis and nothing else, which are shown large. */
export function isOnlyEmojis(text: string): boolean {
  return text.length <= 40 && FEW_EMOJIS.test(text.trim());
}

import type { OwnView } from '@parley/contracts';

export type Kept = Omit<OwnView, 'ownViewVersion'>;
export type KeptPart = keyof Kept;

/** What the person wants one part to be. */
export type KeptWish = {
  readonly [Part in KeptPart]: { readonly part: Part; readonly value: Kept[Part] };
}[KeptPart];

/** What has changed, and as of which version. */
type Changed = { readonly [Name in keyof Kept]?: Kept[Name] | undefined } & Pick<OwnView, 'ownViewVersion'>;

const names = [
  'isArchived',
  'isMarkedUnread',
  'isPinned',
  'mutedUntil',
  'draft',
] as const satisfies KeptPart[];

/**
 * How the person keeps a conversation, as far as this device has heard. Lists and live events may come in any order,
 * and an event may be told again later: for each part the latest version counts.
 */
export class KeptConversation {
  #kept: Kept;
  readonly #versions = new Map<KeptPart, number>();
  /** Shown already, though the server has not said yes yet. */
  readonly #wishes = new Map<KeptPart, KeptWish>();

  constructor(listed: OwnView) {
    this.#kept = listed;
    this.take(listed);
  }

  /** Takes over what a list says, where nothing newer is known. */
  take(listed: OwnView): void {
    this.#takeParts(listed, (known) => listed.ownViewVersion >= known);
  }

  /** Takes over what has changed; says whether it was news. */
  change(changed: Changed): boolean {
    return this.#takeParts(changed, (known) => changed.ownViewVersion > known);
  }

  /** Shows what is wished as if it were so. */
  wish(wish: KeptWish): void {
    this.#wishes.set(wish.part, wish);
  }

  /** What is still wished of a part: the last that was. */
  wished(part: KeptPart): KeptWish | undefined {
    return this.#wishes.get(part);
  }

  /** It is so, as of this version; a later word has the last one. */
  granted(wish: KeptWish, ownViewVersion: number): void {
    this.change({ [wish.part]: wish.value, ownViewVersion });
    this.#end(wish);
  }

  /** It will not be so. Whether nothing else is wished by now. */
  refused(wish: KeptWish): boolean {
    return this.#end(wish);
  }

  /** Reading takes a mark away, also where nothing was new. */
  read(): boolean {
    const isMarked = this.#shown.isMarkedUnread;
    this.#kept = { ...this.#kept, isMarkedUnread: false };
    if (this.#wishes.get('isMarkedUnread')?.value === true) this.#wishes.delete('isMarkedUnread');
    return isMarked;
  }

  /** What there is to see: the person's own message after a draft has taken its place. */
  view(ownLastSeq: number): Kept {
    const { isArchived, isMarkedUnread, isPinned, mutedUntil, draft } = this.#shown;
    const isCurrent = draft !== null && draft.savedAtSeq >= ownLastSeq;
    return { isArchived, isMarkedUnread, isPinned, mutedUntil, draft: isCurrent ? draft : null };
  }

  get #shown(): Kept {
    const wishes = [...this.#wishes.values()].map(({ part, value }) => [part, value]);
    return { ...this.#kept, ...Object.fromEntries(wishes) };
  }

  #end(wish: KeptWish): boolean {
    return this.#wishes.get(wish.part) === wish && this.#wishes.delete(wish.part);
  }

  #takeParts(said: Changed, isNewer: (known: number) => boolean): boolean {
    const news = names.filter((name) => said[name] !== undefined && isNewer(this.#versions.get(name) ?? -1));
    for (const name of news) this.#versions.set(name, said.ownViewVersion);
    this.#kept = { ...this.#kept, ...Object.fromEntries(news.map((name) => [name, said[name]])) };
    return news.length > 0;
  }
}

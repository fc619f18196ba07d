import type { OwnView } from '@parley/contracts';

type Kept = Omit<OwnView, 'ownViewVersion'>;

/** What has changed, and as of which version. */
type Changed = { readonly [Name in keyof Kept]?: Kept[Name] | undefined } & Pick<OwnView, 'ownViewVersion'>;

const names = [
  'isArchived',
  'isMarkedUnread',
  'isPinned',
  'mutedUntil',
  'draft',
] as const satisfies (keyof Kept)[];

/**
 * How the person keeps a conversation, as far as this device has heard. Lists and live events may come in any order,
 * and an event may be told again later: for each part the latest version counts.
 */
export class KeptConversation {
  #kept: Kept;
  readonly #versions = new Map<keyof Kept, number>();

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

  /** Reading takes a mark away, also where nothing was new. */
  read(): boolean {
    if (!this.#kept.isMarkedUnread) return false;
    this.#kept = { ...this.#kept, isMarkedUnread: false };
    return true;
  }

  /** What there is to see: the person's own message after a draft has taken its place. */
  view(ownLastSeq: number): Kept {
    const { isArchived, isMarkedUnread, isPinned, mutedUntil, draft } = this.#kept;
    const isCurrent = draft !== null && draft.savedAtSeq >= ownLastSeq;
    return { isArchived, isMarkedUnread, isPinned, mutedUntil, draft: isCurrent ? draft : null };
  }

  #takeParts(said: Changed, isNewer: (known: number) => boolean): boolean {
    const news = names.filter((name) => said[name] !== undefined && isNewer(this.#versions.get(name) ?? -1));
    for (const name of news) this.#versions.set(name, said.ownViewVersion);
    this.#kept = { ...this.#kept, ...Object.fromEntries(news.map((name) => [name, said[name]])) };
    return news.length > 0;
  }
}

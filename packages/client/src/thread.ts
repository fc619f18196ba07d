import { type MessageView, PAGE_SIZE_MAX } from '@parley/contracts';

import type { Api } from './api.ts';
import type { ChatMessage } from './chat-message.ts';
import type { ConversationState } from './conversation-state.ts';
import { peopleIn } from './numbered-event.ts';
import type { People } from './people.ts';
import { Store } from './store.ts';

/** How many answers one thread keeps. The first ones go first, and are there again in a new one. */
export const THREAD_MESSAGE_COUNT_MAX = 2_000;

export interface ThreadSnapshot {
  /** The message that is answered, where it is loaded. */
  readonly root: ChatMessage | undefined;
  /** Its answers, the first one first; own ones that are on their way last. */
  readonly replies: readonly ChatMessage[];
  /** There are later answers than these: `loadMore` brings them. */
  readonly hasMore: boolean;
}

export interface ThreadParts {
  readonly rootId: string;
  readonly api: Api;
  readonly people: People;
  readonly state: ConversationState;
  readonly subscribe: (listener: () => void) => () => void;
}

/** The answers to one message, live: look at it with `subscribe` and `getSnapshot`, and `close` it when done. */
export class Thread {
  readonly #parts: ThreadParts;
  readonly #store = new Store(() => this.#snapshot());
  readonly #forget: () => void;
  /** By number, as they are now. */
  readonly #rows = new Map<number, MessageView>();
  /** Up to which number all answers are here; nothing while none have been asked for. */
  #loadedUpTo = 0;
  #cursor: string | undefined;

  constructor(parts: ThreadParts) {
    this.#parts = parts;
    this.#forget = parts.subscribe(() => this.#takeNews());
    this.#takeNews();
  }

  get subscribe(): (listener: () => void) => () => void {
    return this.#store.subscribe;
  }

  get getSnapshot(): () => ThreadSnapshot {
    return this.#store.getSnapshot;
  }

  /** Loads the next page, the first one to begin with. Whether there may be more. */
  async loadMore(): Promise<boolean> {
    const { api, people, rootId } = this.#parts;
    const cursor = this.#cursor;
    const { data, page } = await api.call('listReplies', {
      params: { id: rootId },
      query: { limit: PAGE_SIZE_MAX, ...(cursor === undefined ? {} : { cursor }) },
    });
    // Two calls at once bring the same page; it goes in once.
    if (cursor === this.#cursor) {
      for (const message of data) this.#take(message);
      this.#cursor = page.nextCursor ?? undefined;
      this.#loadedUpTo = page.hasMore ? (data.at(-1)?.seq ?? this.#loadedUpTo) : Number.POSITIVE_INFINITY;
    }
    people.want(data.flatMap(peopleIn));
    this.#takeNews();
    return this.#hasMore;
  }

  /** Hears of nothing more. */
  close(): void {
    this.#forget();
  }

  get #hasMore(): boolean {
    return this.#loadedUpTo !== Number.POSITIVE_INFINITY;
  }

  #take(message: MessageView): void {
    const known = this.#rows.get(message.seq);
    if (known === undefined || known.changedSeq <= message.changedSeq) this.#rows.set(message.seq, message);
  }

  /** Something in the conversation has changed: what is shown there is newer than any page. */
  #takeNews(): void {
    const { rootId, state } = this.#parts;
    for (const message of state.view.messages) if (message.replyTo?.messageId === rootId) this.#take(message);
    for (const [seq, message] of this.#rows) {
      const now = state.view.asItIs(message);
      if (now === undefined) this.#rows.delete(seq);
      else this.#rows.set(seq, now);
    }
    for (const first of [...this.#rows.keys()].toSorted((one, other) => one - other)) {
      if (this.#rows.size <= THREAD_MESSAGE_COUNT_MAX) break;
      this.#rows.delete(first);
    }
    this.#store.changed();
  }

  #snapshot(): ThreadSnapshot {
    const { rootId, state } = this.#parts;
    const here = state.messages();
    const rows = [...this.#rows.values()]
      .filter(({ seq }) => seq <= this.#loadedUpTo)
      .toSorted((one, other) => one.seq - other.seq);
    const waiting = here.filter(
      (message) => message.seq === undefined && message.replyTo?.messageId === rootId,
    );
    return {
      root: here.find(({ messageId }) => messageId === rootId),
      replies: [...state.shown(rows), ...waiting],
      hasMore: this.#hasMore,
    };
  }
}

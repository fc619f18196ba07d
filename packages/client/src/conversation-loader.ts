import { PAGE_SIZE_MAX, type Role } from '@parley/contracts';

import { ApiError } from './api-error.ts';
import type { Api } from './api.ts';
import { retryDelayMs, sleep } from './backoff.ts';
import type { ConversationState } from './conversation-state.ts';
import type { Applied } from './conversation-view.ts';
import { peopleIn } from './numbered-event.ts';
import type { People } from './people.ts';

export const HISTORY_PAGE_SIZE = 50;
/** How often a read model that lags behind is asked again. */
const REFRESH_COUNT_MAX = 8;
/** … and how often one that has not heard at all of a conversation that this device is in. */
const UNHEARD_COUNT_MAX = 6;

export interface ConversationLoaderParts {
  /** Takes what is there: what is missing comes live. */
  readonly api: Api;
  readonly people: People;
  readonly state: ConversationState;
  readonly onChanged: (applied?: Applied) => void;
}

/** Brings into the state of one conversation what only the server's tables know. */
export class ConversationLoader {
  readonly #parts: ConversationLoaderParts;
  readonly #params: { readonly id: string };
  #isRefreshing = false;

  constructor(parts: ConversationLoaderParts) {
    this.#parts = parts;
    this.#params = { id: parts.state.listed.conversationId };
  }

  async loadNewest(): Promise<void> {
    const { api, people, state, onChanged } = this.#parts;
    const { data, page } = await onceHeardOf(() =>
      api.call('listMessages', { params: this.#params, query: { limit: HISTORY_PAGE_SIZE } }),
    );
    const applied = state.takeNewest(data, !page.hasMore);
    people.want(data.flatMap(peopleIn));
    onChanged(applied);
  }

  /** Whether there may be more. */
  async loadOlder(): Promise<boolean> {
    const { api, people, state, onChanged } = this.#parts;
    const { view } = state;
    if (view.floor <= 1) return false;
    const before = view.floor;
    const { data, page } = await api.call('listMessages', {
      params: this.#params,
      query: { before, limit: HISTORY_PAGE_SIZE },
    });
    // Two calls at once bring the same page; it goes in once.
    if (view.floor === before) view.addOlder(data, !page.hasMore);
    people.want(data.flatMap(peopleIn));
    onChanged();
    return view.floor > 1;
  }

  async loadMembers(): Promise<void> {
    const { api, people, state, onChanged } = this.#parts;
    const members = new Map<string, Role>();
    let cursor: string | undefined;
    do {
      const query = { limit: PAGE_SIZE_MAX, ...(cursor === undefined ? {} : { cursor }) };
      const { data, page } = await onceHeardOf(() =>
        api.call('listMembers', { params: this.#params, query }),
      );
      for (const { userId, role } of data) members.set(userId, role);
      people.learn(data);
      cursor = page.hasMore ? (page.nextCursor ?? undefined) : undefined;
    } while (cursor !== undefined);
    state.takeMembers(members);
    onChanged();
  }

  async loadReadPositions(): Promise<void> {
    const { api, state, onChanged } = this.#parts;
    const { data, deliveries } = await onceHeardOf(() =>
      api.call('listReadPositions', { params: this.#params }),
    );
    for (const { userId, upToSeq } of data) state.takeRead(userId, upToSeq);
    for (const { userId, upToSeq } of deliveries) state.takeDelivered(userId, upToSeq);
    onChanged();
  }

  /** Reads the conversation again until the answer knows what this device knows. */
  async refresh({ withMembers }: { readonly withMembers: boolean }): Promise<void> {
    if (this.#isRefreshing) return;
    this.#isRefreshing = true;
    const { api, people, state, onChanged } = this.#parts;
    try {
      for (let tries = 0; tries < REFRESH_COUNT_MAX; tries += 1) {
        const listed = await api.call('getConversation', { params: this.#params });
        people.learn(listed.members);
        state.takeListed(listed);
        if (listed.lastSeq >= state.view.cursor) break;
        await sleep(retryDelayMs(tries));
      }
      if (withMembers) await this.loadMembers();
    } catch {
      // The next connection reads the whole list again.
    } finally {
      this.#isRefreshing = false;
      onChanged();
    }
  }
}

/** A conversation that has come to this device by the log may be new to the tables that answer. */
async function onceHeardOf<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      const isUnheard = error instanceof ApiError && error.code === 'NOT_FOUND';
      if (!isUnheard || tries === UNHEARD_COUNT_MAX) throw error;
      await sleep(retryDelayMs(tries));
    }
  }
}

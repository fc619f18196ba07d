import type { MessageView } from '@parley/contracts';

import { ApiError, mayRetry, retryAfterMsOf } from './api-error.ts';
import { retryDelayMs } from './backoff.ts';
import { memoryOutboxStorage, type OutboxItem, type OutboxStorage, type Said } from './outbox-storage.ts';

/** How many messages may wait to be sent. */
export const OUTBOX_LENGTH_MAX = 1_000;

/** What the server says of a message that it has stored. */
export interface Sent {
  readonly message: MessageView;
}

/** `sending` until the server has said yes, or has said a definite no. */
export type OutboxChange =
  | { readonly state: 'sending'; readonly item: OutboxItem }
  | { readonly state: 'sent'; readonly item: OutboxItem; readonly sent: Sent }
  | { readonly state: 'failed'; readonly item: OutboxItem; readonly error: ApiError }
  | { readonly state: 'discarded'; readonly item: OutboxItem };

export interface OutboxOptions {
  /** One try. Throws an `ApiError` that says whether the outcome is known. */
  readonly send: (item: OutboxItem) => Promise<Sent>;
  /** An id by the server's clock. */
  readonly newId: () => string;
  readonly onChange: (change: OutboxChange) => void;
  readonly storage?: OutboxStorage;
  readonly random?: () => number;
}

interface Lane {
  readonly conversationId: string;
  readonly items: OutboxItem[];
  isBusy: boolean;
  tries: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** The outbox is full: the newest messages would be lost with this device, so it does not take more. */
export class OutboxFullError extends Error {
  override readonly name = 'OutboxFullError';
}

/**
 * Sends that survive lost connections. Each conversation is a lane: first in, first out, and one message on its
 * way at a time, so that what was typed first is stored first whatever has to be tried again.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #storage: OutboxStorage;
  readonly #lanes = new Map<string, Lane>();
  readonly #failed = new Map<string, OutboxItem>();
  #length = 0;
  #isOpen = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#storage = options.storage ?? memoryOutboxStorage();
  }

  get length(): number {
    return this.#length;
  }

  /** What waits for this conversation, in order. */
  waitingIn(conversationId: string): readonly OutboxItem[] {
    return this.#lanes.get(conversationId)?.items ?? [];
  }

  /** Takes up what an earlier process left. */
  async restore(): Promise<void> {
    for (const item of await this.#storage.load()) this.#enqueue(item);
  }

  /** Takes a message and returns at once; what becomes of it is told by `onChange`. */
  add(conversationId: string, said: Said): OutboxItem {
    if (this.#length >= OUTBOX_LENGTH_MAX) throw new OutboxFullError('Too many messages wait to be sent.');
    const clientMessageId = this.#options.newId();
    const createdAt = new Date().toISOString();
    const item = { ...said, localId: clientMessageId, conversationId, clientMessageId, createdAt };
    this.#keep(item);
    this.#enqueue(item);
    return item;
  }

  /** There is a connection: everything that waits is tried now. */
  resume(): void {
    this.#isOpen = true;
    for (const lane of this.#lanes.values()) this.#turn(lane);
  }

  /** There is none: nothing is tried, nothing is lost. */
  pause(): void {
    this.#isOpen = false;
    for (const lane of this.#lanes.values()) clearTimeout(lane.timer);
  }

  /** Tries a failed one again, as a new message: its old id is answered for. */
  retry(localId: string): void {
    const item = this.#failed.get(localId);
    if (item === undefined) return;
    this.#failed.delete(localId);
    const again = { ...item, clientMessageId: this.#options.newId() };
    this.#length -= 1;
    this.#keep(again);
    this.#enqueue(again);
  }

  /** Gives a failed one up. */
  discard(localId: string): void {
    const item = this.#failed.get(localId);
    if (item === undefined) return;
    this.#failed.delete(localId);
    this.#length -= 1;
    this.#options.onChange({ state: 'discarded', item });
  }

  #enqueue(item: OutboxItem): void {
    const lane = this.#lanes.get(item.conversationId) ?? newLane(item.conversationId);
    this.#lanes.set(item.conversationId, lane);
    lane.items.push(item);
    this.#length += 1;
    this.#options.onChange({ state: 'sending', item });
    // A lane that waits for its next try is not hurried by one more message.
    if (lane.items.length === 1) this.#turn(lane);
  }

  #turn(lane: Lane): void {
    clearTimeout(lane.timer);
    if (this.#isOpen && !lane.isBusy) void this.#run(lane);
  }

  async #run(lane: Lane): Promise<void> {
    lane.isBusy = true;
    for (let item = lane.items[0]; item !== undefined && this.#isOpen; item = lane.items[0]) {
      try {
        const sent = await this.#options.send(item);
        this.#leave(lane, { state: 'sent', item, sent });
      } catch (error) {
        const pauseMs = this.#judge(lane, item, error);
        if (pauseMs === undefined) continue;
        if (this.#isOpen) lane.timer = setTimeout(() => this.#turn(lane), pauseMs);
        break;
      }
    }
    lane.isBusy = false;
    if (lane.items.length === 0) this.#lanes.delete(lane.conversationId);
  }

  /** How long to wait before the next try; `undefined` when the lane may go on. */
  #judge(lane: Lane, item: OutboxItem, error: unknown): number | undefined {
    if (error instanceof ApiError && error.reason === 'client-clock-ahead') {
      // The id was made before the server's clock was known. It was refused, so another one is no double.
      const corrected = { ...item, clientMessageId: this.#options.newId() };
      lane.items[0] = corrected;
      this.#keep(corrected);
      this.#options.onChange({ state: 'sending', item: corrected });
    } else if (error instanceof ApiError && !mayRetry(error)) {
      this.#leave(lane, { state: 'failed', item, error });
      return undefined;
    }
    const pauseMs = retryDelayMs(lane.tries, this.#options.random);
    lane.tries += 1;
    return Math.max(pauseMs, retryAfterMsOf(error));
  }

  #leave(lane: Lane, change: OutboxChange): void {
    lane.items.shift();
    lane.tries = 0;
    if (change.state === 'failed') this.#failed.set(change.item.localId, change.item);
    else this.#length -= 1;
    this.#forget(change.item);
    this.#options.onChange(change);
  }

  #keep(item: OutboxItem): void {
    // The message is in memory anyway; a store that fails costs it only its life beyond this process.
    this.#storage.put(item).catch(() => undefined);
  }

  #forget(item: OutboxItem): void {
    this.#storage.remove(item.localId).catch(() => undefined);
  }
}

function newLane(conversationId: string): Lane {
  return { conversationId, items: [], isBusy: false, tries: 0, timer: undefined };
}

import type { MessageView } from '@parley/contracts';

import { ApiError, mayRetry, retryAfterMsOf } from './api-error.ts';
import { retryDelayMs } from './backoff.ts';
import {
  keptRefusal,
  memoryOutboxStorage,
  type OutboxItem,
  type OutboxStorage,
  refusalFromKept,
  type Said,
} from './outbox-storage.ts';

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
  /** The storage could not do its part: until the process ends nothing is lost, after it something may be. */
  readonly onStorageError?: (error: unknown) => void;
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
  /** What the storage was asked for is done in that order, one after the other. */
  #storing = Promise.resolve();

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#storage = options.storage ?? memoryOutboxStorage();
  }

  /** All that is here: what is on its way, and what was refused. */
  get length(): number {
    return this.#length;
  }

  /** How many are on their way. */
  get waitingCount(): number {
    return this.#length - this.#failed.size;
  }

  /** What is on its way, conversation by conversation, then what was refused. */
  changes(): readonly OutboxChange[] {
    const waiting = [...this.#lanes.values()].flatMap(({ items }) => items);
    return [...waiting, ...this.#failed.values()].map(standingOf);
  }

  /** The same for one conversation. */
  changesIn(conversationId: string): readonly OutboxChange[] {
    return this.changes().filter(({ item }) => item.conversationId === conversationId);
  }

  /** Takes up what the same person left in an earlier process; what somebody else left stays where it is. */
  async restore(senderId: string): Promise<void> {
    for (const item of await this.#storage.load()) {
      if (item.senderId !== senderId) continue;
      if (item.refusal === undefined) this.#enqueue(item);
      else this.#setAside(item);
    }
  }

  /** Takes a message and returns at once; what becomes of it is told by `onChange`. */
  add(conversationId: string, said: Said & Pick<OutboxItem, 'senderId'>): OutboxItem {
    if (this.#length >= OUTBOX_LENGTH_MAX) throw new OutboxFullError('Too many messages wait to be sent.');
    const clientMessageId = this.#options.newId();
    const createdAt = new Date().toISOString();
    const item = { ...said, localId: clientMessageId, conversationId, clientMessageId, createdAt };
    this.#keep(item);
    this.#enqueue(item);
    return item;
  }

  /** When the storage has done all that it was asked for up to now. */
  kept(): Promise<void> {
    return this.#storing;
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

  /** Tries a failed one again, as a new message: its old id is answered for. `key` is its first or its last id. */
  retry(key: string): void {
    const item = this.#failedAs(key);
    if (item === undefined) return;
    this.#failed.delete(item.localId);
    this.#length -= 1;
    const { refusal: _, ...refused } = item;
    const again = { ...refused, clientMessageId: this.#options.newId() };
    this.#keep(again);
    this.#enqueue(again);
  }

  /** Gives a failed one up. */
  discard(key: string): void {
    const item = this.#failedAs(key);
    if (item === undefined) return;
    this.#failed.delete(item.localId);
    this.#length -= 1;
    this.#forget(item);
    this.#options.onChange({ state: 'discarded', item });
  }

  #failedAs(key: string): OutboxItem | undefined {
    return (
      this.#failed.get(key) ??
      [...this.#failed.values()].find(({ clientMessageId }) => clientMessageId === key)
    );
  }

  #setAside(item: OutboxItem): void {
    this.#failed.set(item.localId, item);
    this.#length += 1;
    this.#options.onChange(standingOf(item));
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
      // Under another id only once that is written down: after a restart the earlier one would be a second message.
      if (item.clientMessageId !== item.localId) await this.#storing;
      if (!this.#isOpen) break;
      try {
        const sent = await this.#options.send(item);
        this.#sent(lane, item, sent);
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
      this.#refused(lane, item, error);
      return undefined;
    }
    const pauseMs = retryDelayMs(lane.tries, this.#options.random);
    lane.tries += 1;
    return Math.max(pauseMs, retryAfterMsOf(error));
  }

  #leave(lane: Lane): void {
    lane.items.shift();
    lane.tries = 0;
    this.#length -= 1;
  }

  #sent(lane: Lane, item: OutboxItem, sent: Sent): void {
    this.#leave(lane);
    this.#forget(item);
    this.#options.onChange({ state: 'sent', item, sent });
  }

  /** What was written stays until its writer says what shall become of it. */
  #refused(lane: Lane, item: OutboxItem, error: ApiError): void {
    this.#leave(lane);
    const failed = { ...item, refusal: keptRefusal(error) };
    this.#keep(failed);
    this.#setAside(failed);
  }

  #keep(item: OutboxItem): void {
    this.#store(() => this.#storage.put(item));
  }

  #forget(item: OutboxItem): void {
    this.#store(() => this.#storage.remove(item.localId));
  }

  #store(ask: () => Promise<void>): void {
    this.#storing = this.#storing.then(ask).catch((error: unknown) => this.#options.onStorageError?.(error));
  }
}

/** What became of an item that is still here. */
function standingOf(item: OutboxItem): OutboxChange {
  return item.refusal === undefined
    ? { state: 'sending', item }
    : { state: 'failed', item, error: refusalFromKept(item.refusal) };
}

function newLane(conversationId: string): Lane {
  return { conversationId, items: [], isBusy: false, tries: 0, timer: undefined };
}

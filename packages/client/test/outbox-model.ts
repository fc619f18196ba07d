import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';

import { wordsOf, type MessageView } from '@parley/contracts';

import { ApiError, notSent, outcomeUnknown } from '../src/api-error.ts';
import type { OutboxItem, OutboxStorage } from '../src/outbox-storage.ts';
import { Outbox, type OutboxChange, type Sent } from '../src/outbox.ts';
import { specTable } from './spec-table.ts';

export const an = 'usr_an';
export const lanes = ['cnv_hanoi', 'cnv_hue'];

const follows = specTable('The outbox');

/** A disk that is as slow as the test wants: what it has not done when the process ends was never asked for. */
class SlowDisk {
  readonly items = new Map<string, OutboxItem>();
  #asked: (() => void)[] = [];
  isBroken = false;

  /** For one process: when that ends, what it still wanted is gone. */
  storage(): OutboxStorage {
    return {
      load: () => Promise.resolve([...this.items.values()]),
      put: (item) => this.#does(() => void this.items.set(item.localId, item)),
      remove: (localId) => this.#does(() => void this.items.delete(localId)),
    };
  }

  works(): boolean {
    const next = this.#asked.shift();
    next?.();
    return next !== undefined;
  }

  forgets(): void {
    this.#asked = [];
  }

  #does(act: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#asked.push(() => {
        if (this.isBroken) reject(new Error('disk full'));
        else {
          act();
          resolve();
        }
      });
    });
  }
}

/** One try on its way: the server may take it at any time, even after the device has given up waiting. */
export interface Try {
  readonly item: OutboxItem;
  answer: (sent: Sent) => void;
  refuse: (error: ApiError) => void;
  isAwaited: boolean;
}

/** What the server has said yes or no to, by the ids of the device. */
class SimulatedStore {
  readonly stored: { readonly id: string; readonly lane: string; readonly text: string }[] = [];
  readonly refused = new Map<string, ApiError>();

  /** Its word on an id is always the same. */
  takes({ item }: Try, refusal?: ApiError): ApiError | undefined {
    const { clientMessageId: id, conversationId: lane, content } = item;
    if (this.stored.some((one) => one.id === id)) return undefined;
    const no = this.refused.get(id) ?? refusal;
    if (no === undefined) this.stored.push({ id, lane, text: wordsOf(content) });
    else this.refused.set(id, no);
    return no;
  }
}

/** What the spec says of one message. */
interface Fate {
  readonly lane: string;
  readonly text: string;
  readonly localId: string;
  state: string;
  /** Not yet on the disk when the process ended: nobody promised anything. */
  isLost: boolean;
}

/** The outbox of one person over several lives of a process, with a network and a disk in the test's hand. */
export class OutboxWorld {
  readonly disk = new SlowDisk();
  readonly server = new SimulatedStore();
  readonly fates = new Map<string, Fate>();
  tries: Try[] = [];
  isOpen = false;
  diskErrorCount = 0;
  outbox: Outbox;
  #life = 0;
  #ids = 0;

  constructor() {
    this.outbox = this.#start();
  }

  says(lane: string): void {
    const text = `message ${this.fates.size}`;
    const { localId } = this.outbox.add(lane, { content: { type: 'text', text }, senderId: an });
    this.fates.set(localId, { lane, text, localId, state: follows('–', 'said'), isLost: false });
  }

  /** The process ends where it stands, and another one begins. */
  async restarts(): Promise<void> {
    this.outbox.pause();
    this.disk.forgets();
    for (const one of this.tries) one.isAwaited = false;
    for (const fate of this.fates.values()) {
      const kept = this.disk.items.get(fate.localId);
      if (kept === undefined) fate.isLost = true;
      if (fate.isLost) continue;
      // A refusal that was not written down is asked for again, and answered again.
      fate.state = kept?.refusal === undefined ? 'sending' : follows('failed', 'restart');
    }
    this.isOpen = false;
    this.outbox = this.#start();
    await this.outbox.restore(an);
  }

  #start(): Outbox {
    this.#life += 1;
    const life = this.#life;
    return new Outbox({
      storage: this.disk.storage(),
      newId: () => `id-${(this.#ids += 1)}`,
      random: () => 0.5,
      onStorageError: () => (this.diskErrorCount += 1),
      onChange: (change) => life === this.#life && this.#hears(change),
      send: (item) =>
        new Promise((answer, refuse) => {
          const isTwice = this.tries.some(
            (one) => one.isAwaited && one.item.conversationId === item.conversationId,
          );
          ok(!isTwice, 'two of one conversation on their way');
          this.tries.push({ item, answer, refuse, isAwaited: true });
        }),
    });
  }

  #hears({ state, item }: OutboxChange): void {
    const fate = this.fates.get(item.localId);
    if (fate === undefined) return;
    const events = { sent: 'yes', failed: 'definite no', discarded: 'discard', sending: undefined };
    const event = events[state];
    if (event === undefined) return;
    const isAgain = state === 'failed' && fate.state === 'failed';
    strictEqual(isAgain || follows(fate.state, event) !== fate.state, true, `${event} while ${fate.state}`);
    fate.state = isAgain ? 'failed' : follows(fate.state, event);
  }

  /** At every moment. */
  holds(): void {
    const ids = this.server.stored.map(({ id }) => id);
    strictEqual(new Set(ids).size, ids.length);
    const texts = this.server.stored.map(({ text }) => text);
    strictEqual(new Set(texts).size, texts.length, `stored twice: ${texts.join()}`);
    for (const { state, text, isLost } of this.fates.values()) {
      if (state === 'gone' && !isLost) ok(this.#isStoredOrGivenUp(text), `${text} is gone and nowhere`);
    }
    const waiting = lanes.flatMap((lane) => this.outbox.changesIn(lane).map(({ item }) => item.localId));
    const expected = [...this.fates.values()].filter(({ state, isLost }) => !isLost && state !== 'gone');
    deepStrictEqual(waiting.toSorted(), expected.map(({ localId }) => localId).toSorted());
    this.#holdsOrder();
  }

  readonly givenUp = new Set<string>();
  /** Said again after a no: its place is that of its second beginning. */
  readonly retried = new Set<string>();

  #isStoredOrGivenUp(text: string): boolean {
    return this.givenUp.has(text) || this.server.stored.some((one) => one.text === text);
  }

  #holdsOrder(): void {
    for (const lane of lanes) {
      const inOrder = [...this.fates.values()].filter((fate) => {
        return fate.lane === lane && !fate.isLost && !this.retried.has(fate.text);
      });
      const texts = new Set(inOrder.map(({ text }) => text));
      const stored = this.server.stored.filter((one) => one.lane === lane && texts.has(one.text));
      const typed = inOrder.filter(({ text }) => stored.some((one) => one.text === text));
      deepStrictEqual(
        stored.map(({ text }) => text),
        typed.map(({ text }) => text),
      );
    }
  }
}

export const unknown = outcomeUnknown('no answer');
export const notLeft = notSent('no connection');
export const refusals = {
  definite: new ApiError({ code: 'FORBIDDEN', message: 'no', definite: true }),
  ahead: new ApiError({
    code: 'VALIDATION_FAILED',
    message: 'no',
    definite: true,
    details: { reason: 'client-clock-ahead' },
  }),
};
export const stored = { message: {} as MessageView };

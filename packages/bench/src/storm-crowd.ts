import { setTimeout as delay } from 'node:timers/promises';

import { ChatSocket } from './chat-socket.ts';
import type { Random } from './random.ts';

/** How many sockets connect at a time before the storm. */
const OPENING_COUNT = 64;
const TRY_COUNT_MAX = 60;
const FIRST_PAUSE_MS = 250;
const PAUSE_MS_MAX = 4_000;
const SYNC_REQUEST = '["sync_request",{"cursors":{}}]';
const SYNC_ID = 1;
const SYNC_WAIT_MS = 10_000;

export interface Resumed {
  readonly sinceCutMs: number;
  /** Since its own first try. */
  readonly waitedMs: number;
}

/** Many sockets that are cut off together, and come back as a well-behaved client does: when told to wait, later. */
export class StormCrowd {
  readonly #port: number;
  readonly #tokens: readonly string[];
  readonly #random: Random;
  readonly #sockets: (ChatSocket | undefined)[] = [];
  refusedCount = 0;

  constructor(parts: { readonly port: number; readonly tokens: readonly string[]; readonly random: Random }) {
    this.#port = parts.port;
    this.#tokens = parts.tokens;
    this.#random = parts.random;
  }

  async connectAll(): Promise<void> {
    const waiting = this.#tokens.keys();
    const workers = Array.from({ length: OPENING_COUNT }, async () => {
      for (const person of waiting) await this.#enter(person);
    });
    await Promise.all(workers);
    this.refusedCount = 0;
  }

  async dropAndReturn(withinMs: number): Promise<readonly Resumed[]> {
    for (const socket of this.#sockets) socket?.close();
    const cutAtMs = performance.now();
    return Promise.all(
      this.#tokens.map(async (_, person) => {
        await delay(this.#random() * withinMs);
        const triedAtMs = performance.now();
        await this.#enter(person);
        const nowMs = performance.now();
        return { sinceCutMs: nowMs - cutAtMs, waitedMs: nowMs - triedAtMs };
      }),
    );
  }

  close(): void {
    for (const socket of this.#sockets) socket?.close();
  }

  async #enter(person: number): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.#resume(person);
        return;
      } catch (error) {
        if (attempt >= TRY_COUNT_MAX) throw error;
        this.refusedCount += 1;
        const told = Number(/"retryAfterMs":(\d+)/.exec(String(error))?.[1] ?? 0);
        const pauseMs = Math.min(PAUSE_MS_MAX, FIRST_PAUSE_MS * 2 ** attempt);
        await delay(told + this.#random() * pauseMs);
      }
    }
  }

  async #resume(person: number): Promise<void> {
    const synced = Promise.withResolvers<void>();
    const socket = await ChatSocket.open({
      port: this.#port,
      namespace: '/chat',
      auth: { token: this.#tokens[person] },
      readyEvent: 'connected',
      onEvent: () => undefined,
      onAck: () => synced.resolve(),
      onClose: (reason) => synced.reject(new Error(`closed: ${reason}`)),
    });
    this.#sockets[person] = socket;
    socket.emit(SYNC_ID, SYNC_REQUEST);
    const timer = setTimeout(() => synced.reject(new Error('no answer in time')), SYNC_WAIT_MS);
    await synced.promise.finally(() => clearTimeout(timer));
  }
}

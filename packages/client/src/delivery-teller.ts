import { type ErrorCode, errorCodes, RECEIPT_COUNT_MAX } from '@parley/contracts';

import { retryDelayMs, sleep } from './backoff.ts';
import type { AckOf, PayloadOf } from './connection.ts';

/** How long the receipts of what has come are gathered, so that a burst is one word and a read may overtake them. */
export const DELIVERY_GATHER_MS = 500;

export interface DeliveryTellerOptions {
  readonly send: (batch: PayloadOf<'read_receipts_batch'>) => Promise<AckOf<'read_receipts_batch'>>;
  /** What is told as read is delivered, and needs no word of its own. */
  readonly isToldRead: (conversationId: string, seq: number) => boolean;
  readonly gatherMs?: number;
  readonly random?: () => number;
}

/** Tells the server what has come to this device, of all conversations together; what cannot be told now waits. */
export class DeliveryTeller {
  readonly #options: DeliveryTellerOptions;
  readonly #wanted = new Map<string, number>();
  readonly #told = new Map<string, number>();
  #isOpen = false;
  #isRunning = false;

  constructor(options: DeliveryTellerOptions) {
    this.#options = options;
  }

  open(): void {
    this.#isOpen = true;
    void this.#run();
  }

  close(): void {
    this.#isOpen = false;
  }

  get isIdle(): boolean {
    return !this.#isRunning && this.#wanted.size === 0;
  }

  /** Everything of a conversation up to this number is here. */
  arrived(conversationId: string, seq: number): void {
    const known = Math.max(this.#wanted.get(conversationId) ?? 0, this.#told.get(conversationId) ?? 0);
    if (seq <= known) return;
    this.#wanted.set(conversationId, seq);
    void this.#run();
  }

  forget(conversationId: string): void {
    this.#wanted.delete(conversationId);
    this.#told.delete(conversationId);
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    for (let tries = 0; this.#isOpen && this.#wanted.size > 0;) {
      await sleep((this.#options.gatherMs ?? DELIVERY_GATHER_MS) + retryDelayMs(tries, this.#random(tries)));
      const isTold = await this.#tell(this.#takeBatch());
      tries = isTold ? 0 : tries + 1;
    }
    this.#isRunning = false;
  }

  /** The first word goes without a pause of its own. */
  #random(tries: number): () => number {
    return tries === 0 ? () => 0 : (this.#options.random ?? Math.random);
  }

  #takeBatch(): readonly (readonly [string, number])[] {
    const batch: (readonly [string, number])[] = [];
    for (const [conversationId, seq] of this.#wanted) {
      if (batch.length === RECEIPT_COUNT_MAX) break;
      this.#wanted.delete(conversationId);
      if (this.#options.isToldRead(conversationId, seq)) this.#told.set(conversationId, seq);
      else batch.push([conversationId, seq]);
    }
    return batch;
  }

  /** Whether the server has said yes, or no for good, to all of it. */
  async #tell(batch: readonly (readonly [string, number])[]): Promise<boolean> {
    if (batch.length === 0) return true;
    const receipts = batch.map(([conversationId, upToSeq]) => ({
      type: 'delivered' as const,
      conversationId,
      upToSeq,
    }));
    const results = await this.#options.send({ receipts }).then(
      (answer) => answer.results,
      () => undefined,
    );
    const again = batch.filter((_, index) => mayComeRight(results?.[index]));
    for (const [conversationId, seq] of batch) {
      this.#told.set(conversationId, Math.max(seq, this.#told.get(conversationId) ?? 0));
    }
    for (const [conversationId, seq] of again) this.#takeBack(conversationId, seq);
    return again.length === 0;
  }

  #takeBack(conversationId: string, seq: number): void {
    this.#told.delete(conversationId);
    this.#wanted.set(conversationId, Math.max(seq, this.#wanted.get(conversationId) ?? 0));
  }
}

/** Without an answer nobody knows; a refusal for good is not worth a second word. */
function mayComeRight(result: AckOf<'read_receipts_batch'>['results'][number] | undefined): boolean {
  if (result === undefined) return true;
  if (result.ok) return false;
  const status = errorCodes[result.code as ErrorCode]?.status ?? 500;
  return status >= 500 || status === errorCodes.RATE_LIMITED.status;
}

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';

import { vi } from 'vitest';

import { ApiError } from '../src/api-error.ts';
import { RETRY_BASE_MS, RETRY_CAP_MS } from '../src/backoff.ts';
import { Connection } from '../src/connection.ts';
import { tokensFrom } from '../src/token-source.ts';
import { SimulatedWires } from './simulated-wires.ts';
import { specTable } from './spec-table.ts';

const follows = specTable('The connection');

export type Provider = 'good' | 'away' | 'ended';

/** A connection with the network and the giver of tokens in the test's hand. */
export class Connected {
  readonly wires = new SimulatedWires();
  readonly connection: Connection;
  readonly asked: { readonly hasLeft: boolean; outcome: string }[] = [];
  provider: Provider = 'good';
  lastToken = 0;

  constructor(urls: readonly string[], random: number) {
    const tokens = tokensFrom(() => this.#token());
    this.connection = new Connection({ url: urls, tokens, random: () => random, openWire: this.wires.open });
  }

  requests(): void {
    const count = () => this.wires.current?.questions.size ?? 0;
    const before = count();
    const answer = this.connection.request('refresh_token', { token: 'any' });
    const asked = { hasLeft: count() > before, outcome: 'open' };
    this.asked.push(asked);
    answer.then(
      () => (asked.outcome = 'answered'),
      (error: ApiError) => (asked.outcome = error.code),
    );
  }

  #token(): string {
    if (this.provider === 'away') throw new Error('nobody there');
    if (this.provider === 'ended') {
      throw new ApiError({ code: 'UNAUTHENTICATED', message: 'no more', definite: true });
    }
    return `t${(this.lastToken += 1)}`;
  }
}

/** What the spec says of it: the state by its table, and the rules of pauses, addresses and tokens. */
export class ConnectionModel {
  state = 'idle';
  hasToken = false;
  pauseMs = 0;
  restMs = 0;
  #tries = 0;
  #urlIndex = 0;
  readonly #urls: readonly string[];
  readonly random: number;

  constructor(urls: readonly string[], random: number) {
    this.#urls = urls;
    this.random = random;
  }

  /** Something of the table happens, with the token provider as it is. */
  happens(event: string, provider: Provider, { isAddressGood = false } = {}): void {
    const before = this.state;
    this.state = follows(before, event);
    if (this.state === before) return;
    if (this.state === 'waiting') this.#waits(isAddressGood);
    if (this.state === 'connected') Object.assign(this, { restMs: 0 }).#tries = 0;
    if (this.state !== 'connecting' || this.hasToken) return;
    this.hasToken = provider === 'good';
    if (provider === 'away') this.happens('refused', provider, { isAddressGood: true });
    if (provider === 'ended') this.happens('no right', provider);
  }

  /** The gateway does not take the token, so the next one is asked for. */
  tokenRefused(provider: Provider): void {
    if (provider === 'ended') this.happens('no right', provider);
    else this.happens('refused', provider, { isAddressGood: true });
  }

  /** At every moment. */
  holds({ connection, wires, asked, lastToken }: Connected): void {
    strictEqual(connection.state, this.state);
    const open = wires.all.filter(({ isOpen }) => isOpen);
    ok(open.length <= 1, 'two wires at once');
    const isTrying = this.state === 'connecting' || this.state === 'connected';
    strictEqual(open.length, isTrying ? 1 : 0, `wires while ${this.state}`);
    if (isTrying) strictEqual(open[0]?.options.url, this.#urls[this.#urlIndex]);
    if (this.state === 'connecting') strictEqual(open[0]?.options.token, `t${lastToken}`);
    const isToGoOn = this.state === 'connecting' || this.state === 'waiting';
    ok(!isToGoOn || vi.getTimerCount() > 0, 'it has given up');
    if (this.state === 'stopped') strictEqual(vi.getTimerCount(), 0);
    const wrong = asked.filter(({ hasLeft, outcome }) => hasLeft === (outcome === 'UNAVAILABLE'));
    deepStrictEqual(wrong, []);
  }

  #waits(isAddressGood: boolean): void {
    if (!isAddressGood) this.#urlIndex = (this.#urlIndex + 1) % this.#urls.length;
    const round = Math.floor(this.#tries / this.#urls.length);
    const boundMs = Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** round);
    this.pauseMs = this.restMs + Math.floor(this.random * boundMs);
    this.restMs = 0;
    this.#tries += 1;
  }
}

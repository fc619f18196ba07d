import type { ServerEventName } from '@parley/contracts';

import { settle } from './simulated-time.ts';

import { an } from './simulated-room.ts';
import { SimulatedServer } from './simulated-server.ts';
import { type FarEnd, type Question, SimulatedWires } from './simulated-wires.ts';

/** Something on its way, in either direction. */
interface Frame {
  /** Over which wire; nothing where it is REST. */
  readonly far: FarEnd | undefined;
  readonly isUp: boolean;
  readonly arrive: () => void;
  readonly lose: () => void;
}

/** Rounds of words and answers after which everybody has said all they have to say. */
const ROUND_COUNT_MAX = 200;

/** The network between one device and the server: everything that is said lies here until a step decides about it. */
export class SimulatedNetwork {
  readonly server = new SimulatedServer((name, payload) => this.#tellAll(name, payload));
  readonly wires = new SimulatedWires((far, question) => this.#asks(far, question));
  isDown = false;
  #frames: Frame[] = [];
  readonly #welcomed = new Set<FarEnd>();
  readonly #seen = new Set<FarEnd>();

  get frameCount(): number {
    return this.#frames.length;
  }

  /** Delivers one, whichever stands in front of it. */
  delivers(which: number): void {
    const [frame] = this.#frames.splice(this.#at(which), 1);
    frame?.arrive();
  }

  /** Delivers one and keeps it: it will come again. */
  repeats(which: number): void {
    this.#frames[this.#at(which)]?.arrive();
  }

  drops(which: number): void {
    const [frame] = this.#frames.splice(this.#at(which), 1);
    frame?.lose();
  }

  /** Everything arrives, in order, and what follows from it, until nobody has anything more to say. */
  async flows(): Promise<void> {
    for (let round = 0; round < ROUND_COUNT_MAX; round += 1) {
      await settle();
      this.opens();
      if (this.#frames.length === 0) return;
      for (const frame of this.#frames.splice(0)) frame.arrive();
    }
  }

  /** The wire breaks. What the device has said last reaches the server all the same, or does not. */
  cuts(doesArrive: boolean): void {
    const far = this.wires.current;
    if (far === undefined) return;
    const lost = this.#frames.filter((frame) => frame.far === far);
    this.#frames = this.#frames.filter((frame) => frame.far !== far);
    far.options.onLost();
    for (const { isUp, arrive } of lost) if (isUp && doesArrive) arrive();
  }

  /** New wires come to a gateway, which welcomes them, or to nobody. */
  opens(): void {
    for (const far of this.wires.all) {
      if (this.#seen.has(far) || !far.isOpen) continue;
      this.#seen.add(far);
      if (this.isDown) far.options.onRefused(undefined);
      else {
        this.#down(far, () => {
          // Nothing overtakes the first word on a wire.
          this.#welcomed.add(far);
          far.says('connected', {
            userId: an,
            serverTime: new Date().toISOString(),
            syncToken: this.server.syncToken,
          });
        });
      }
    }
  }

  readonly fetch = (url: string, { signal }: { readonly signal: AbortSignal }): Promise<object> =>
    new Promise((resolve, reject) => {
      const lose = () => reject(new TypeError('fetch failed'));
      signal.addEventListener('abort', lose);
      if (this.isDown) lose();
      const path = url.replace(/^https?:\/\/[^/]+/, '');
      this.#frames.push({
        far: undefined,
        isUp: true,
        lose,
        arrive: () => {
          const text = JSON.stringify(this.server.reply(path));
          const response = { ok: true, status: 200, headers: new Map(), text: () => Promise.resolve(text) };
          this.#frames.push({ far: undefined, isUp: false, lose, arrive: () => resolve(response) });
        },
      });
    });

  #asks(far: FarEnd, { name, payload, answer }: Question): void {
    // Said as it was when it left: what travels is bytes.
    const said: unknown = structuredClone(payload);
    const arrive = () => {
      const ack = this.server.answers(name, said);
      this.#down(far, () => answer(ack));
    };
    this.#frames.push({ far, isUp: true, arrive, lose: () => undefined });
  }

  #tellAll(name: ServerEventName, payload: object): void {
    for (const far of this.#welcomed) {
      if (far.isOpen) this.#down(far, () => far.says(name, structuredClone(payload)));
    }
  }

  #down(far: FarEnd, arrive: () => void): void {
    if (far.isOpen) this.#frames.push({ far, isUp: false, arrive, lose: () => undefined });
  }

  #at(which: number): number {
    return which % Math.max(1, this.#frames.length);
  }
}

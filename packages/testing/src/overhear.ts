import type { UserId } from '@parley/contracts';
import * as ws from 'ws';

import type { Delivery } from './deliveries.ts';
import { layLine, type Line, type Tap } from './line.ts';

/** More of an answer's head than any gateway says. */
const HEAD_BYTES_MAX = 16_384;
const FRAME_BYTES_MAX = 8 * 1024 * 1024;
/** What one story may be told between two looks, by everybody in it. */
const DELIVERY_COUNT_MAX = 500_000;
const HEAD_END = Buffer.from('\r\n\r\n');
/** An event of Socket.IO inside a message of Engine.IO: `42/chat,["new_message",{…}]`. An answer is `43`. */
const EVENT = /^42(?:\/[^,]*,)?\d*(\[.*\])$/s;
const NOBODY = 'usr_nobody' as UserId;

/** Reads the frames of a stream; of the library that speaks them, which does not declare it. */
interface FrameReader {
  write(chunk: Buffer): boolean;
  on(event: 'message', hear: (data: Buffer) => void): this;
  on(event: 'error', hear: (error: Error) => void): this;
}
const { Receiver } = ws as unknown as {
  readonly Receiver: new (options: {
    readonly isServer: boolean;
    readonly maxPayload: number;
  }) => FrameReader;
};

/** A line to gateways on which everything is heard that they say by themselves, to whomever. */
export interface TappedLine extends Line {
  /** What was said since the last call. @throws where something was said that could not be understood. */
  take(): readonly Delivery[];
}

/**
 * Lays a line that is listened to. It hears what is on the wire and not what a client makes of it: a socket that a
 * test has opened by hand, and what comes to one before anybody has attached to it, are heard as everything else.
 */
export async function overhear(gateways: string | readonly string[], name: string): Promise<TappedLine> {
  const ears = new Set<Ear>();
  let count = 0;
  const line = await layLine(gateways, () => {
    count += 1;
    const ear = new Ear(`socket ${count} of ${name}`);
    ears.add(ear);
    return ear;
  });
  return {
    ...line,
    take() {
      const deliveries = [...ears].flatMap((ear) => ear.take());
      for (const ear of ears) if (ear.isOver) ears.delete(ear);
      return deliveries;
    },
  };
}

/** One connection, as its client hears it. */
class Ear implements Tap {
  readonly #name: string;
  #head = Buffer.alloc(0);
  #frames: FrameReader | undefined;
  /** It carries requests and no frames. */
  #isDeaf = false;
  #userId: UserId | undefined;
  #said: { readonly name: string; readonly said: unknown }[] = [];
  #fault: string | undefined;
  isOver = false;

  constructor(name: string) {
    this.#name = name;
  }

  toClient(chunk: Buffer): void {
    if (this.#isDeaf) return;
    if (this.#frames !== undefined) {
      this.#frames.write(chunk);
      return;
    }
    this.#head = Buffer.concat([this.#head, chunk]);
    const end = this.#head.indexOf(HEAD_END);
    if (end === -1 && this.#head.length < HEAD_BYTES_MAX) return;
    const isUpgraded = this.#head.toString('latin1', 0, 16).startsWith('HTTP/1.1 101 ');
    this.#isDeaf = !isUpgraded;
    if (isUpgraded) this.#listen(this.#head.subarray(end + HEAD_END.length));
    this.#head = Buffer.alloc(0);
  }

  closed(): void {
    this.isOver = true;
  }

  take(): readonly Delivery[] {
    if (this.#fault !== undefined) throw new Error(`${this.#name}: ${this.#fault}`);
    // Who was told something and never welcomed is nobody, and lawfully hears of no conversation.
    const userId = this.#userId ?? NOBODY;
    return this.#said.splice(0).map((one) => ({ device: this.#name, userId, ...one }));
  }

  #listen(rest: Buffer): void {
    this.#frames = new Receiver({ isServer: false, maxPayload: FRAME_BYTES_MAX })
      .on('message', (data) => this.#hear(data.toString('utf8')))
      .on('error', ({ message }) => {
        this.#fault ??= `what is said cannot be understood: ${message}`;
      });
    if (rest.length > 0) this.#frames.write(rest);
  }

  #hear(text: string): void {
    const event = EVENT.exec(text)?.[1];
    if (event === undefined) return;
    const [name, said] = JSON.parse(event) as [string, unknown];
    if (name === 'connected') this.#userId = (said as { readonly userId: UserId }).userId;
    if (this.#said.length >= DELIVERY_COUNT_MAX) this.#fault ??= 'more is said than can be kept';
    else this.#said.push({ name, said });
  }
}

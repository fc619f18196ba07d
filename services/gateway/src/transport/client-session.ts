import {
  type ConversationId,
  type DeviceId,
  type EventNaming,
  serverEventNamed,
  type ServerEventName,
  type ServerEventOf,
  type SessionId,
  type UserId,
} from '@parley/contracts';
import type { Socket } from 'socket.io';

import type { FanOut, Outlet } from './fan-out.ts';
import { encodeAnswer, encodeFrame, type Frame } from './frames.ts';
import { HeldFrames } from './held-frames.ts';
import { frameIn } from './renamed-frames.ts';
import { TokenBucket } from './token-bucket.ts';
import { Unread, UNREAD_FRAME_COUNT_MAX } from './unread.ts';

/** Who a request or a socket is, as its access token says. */
export interface Identity {
  readonly userId: UserId;
  readonly deviceId: DeviceId;
  readonly sessionId: SessionId;
  readonly expiresAtMs: number;
}

/** What makes a session of a socket. */
export interface SessionParts {
  readonly identity: Identity;
  readonly naming: EventNaming;
  readonly fanOut: FanOut;
  /** How much this socket may say. */
  readonly budget: TokenBucket;
}

/** Pages of what was missed are asked for one after the other, so they are counted apart. */
const SYNCS_PER_SECOND = 50;
const SYNC_BURST = 100;

/** The parts of a WebSocket under Socket.IO that the fan-out writes to directly. */
interface RawTransport {
  readonly name: string;
  readonly socket?: { readonly readyState: number; readonly _socket?: RawSocket };
}

interface RawSocket {
  readonly writableLength: number;
  write(bytes: Buffer): boolean;
}

const OPEN = 1;

/** One connected socket: who it is, what it listens to, and the way to write to it. */
export class ClientSession implements Outlet {
  readonly socket: Socket;
  readonly conversations = new Set<ConversationId>();
  readonly budget: TokenBucket;
  /** How many synchronisations it has asked for that are not answered yet. */
  syncCount = 0;
  readonly syncBudget = new TokenBucket(SYNC_BURST, SYNCS_PER_SECOND);
  identity: Identity;
  /** How often this socket said more than it may. */
  refusedCount = 0;
  unknownEventCount = 0;
  isTokenExpiryTold = false;
  /** Since when it hears everything as it comes. */
  liveSinceMs: number | undefined;
  readonly #fanOut: FanOut;
  readonly #naming: EventNaming;
  readonly #unread = new Unread();
  #held: HeldFrames | undefined;
  #isCutOff = false;

  constructor(socket: Socket, { identity, naming, fanOut, budget }: SessionParts) {
    this.socket = socket;
    this.identity = identity;
    this.budget = budget;
    this.#naming = naming;
    this.#fanOut = fanOut;
  }

  get naming(): EventNaming {
    return this.#naming;
  }

  /** Queues an event that many get: it is encoded once, by the caller. */
  push(frame: Frame): void {
    if (this.#isCutOff) return;
    if (this.#held) this.#held.hold(frame);
    else this.#fanOut.push(this, frameIn(this.#naming, frame));
  }

  /** Says an event to this socket alone; never held back. */
  emit<Name extends ServerEventName>(name: Name, payload: ServerEventOf<Name>): void {
    if (!this.#isCutOff) this.#fanOut.push(this, frameIn(this.#naming, encodeFrame(name, payload)));
  }

  /** Writes what waits to be written, before something that must come after it. */
  flush(): void {
    this.#fanOut.flushOutlet(this);
  }

  /** Keeps live events back until {@link release}. */
  hold(): void {
    this.#held ??= new HeldFrames();
  }

  /** Lets them go on, but for what was told up to these numbers meanwhile; false where not all of them were kept. */
  release(toldUpTo: ReadonlyMap<string, number>): boolean {
    const frames = this.#held === undefined ? [] : this.#held.after(toldUpTo);
    this.#held = undefined;
    for (const frame of frames ?? []) this.push(frame);
    return frames !== undefined;
  }

  /** Answers the event that came under this number, behind what was pushed before. */
  answer(packetId: number, answer: object): void {
    // An answer has no name that a socket could want in another spelling.
    if (!this.#isCutOff) this.#fanOut.push(this, encodeAnswer(packetId, answer));
  }

  write(frames: readonly Frame[]): void {
    const transport = this.socket.conn.transport as unknown as RawTransport;
    const raw =
      transport.name === 'websocket' && transport.socket?.readyState === OPEN
        ? transport.socket._socket
        : undefined;
    if (raw === undefined) {
      // Long polling, or in the middle of an upgrade: the library keeps the order there, and what waits.
      const { writeBuffer } = this.socket.conn as unknown as { readonly writeBuffer: readonly unknown[] };
      if (writeBuffer.length > UNREAD_FRAME_COUNT_MAX) {
        this.cutOff();
        return;
      }
      for (const { packet } of frames) this.socket.conn.write(packet.slice(1));
      return;
    }
    if (this.#unread.isTooMuch(raw.writableLength)) {
      this.cutOff();
      return;
    }
    const bytes =
      frames.length === 1 && frames[0] ? frames[0].bytes : Buffer.concat(frames.map((frame) => frame.bytes));
    raw.write(bytes);
    this.#unread.note({ bytes: bytes.length, frameCount: frames.length }, raw.writableLength);
  }

  /** Says something to this socket alone, at once: an answer to a client without acks. */
  say(name: string, payload: unknown): void {
    this.socket.emit(serverEventNamed(this.#naming, name), payload);
  }

  /** Whoever it was for has gone: what waits is forgotten, and nothing more is taken. */
  forget(): void {
    this.#isCutOff = true;
    this.#fanOut.drop(this);
  }

  /** Ends a socket that does not read: it is told to sync, and what it missed comes by position. */
  cutOff(): void {
    this.end('resync_required', { reason: 'SLOW_CONSUMER' });
  }

  /** Says a last word after all that waits, and closes. */
  close<Name extends ServerEventName>(name: Name, payload: ServerEventOf<Name>): void {
    if (!this.#isCutOff) this.#fanOut.flushOutlet(this);
    this.end(name, payload);
  }

  /** Closes after all that waits, without a word. */
  leave(): void {
    if (!this.#isCutOff) this.#fanOut.flushOutlet(this);
    this.#isCutOff = true;
    this.socket.disconnect(true);
  }

  /** Says a last word instead of what waits, and closes: for one that may not have that any more. */
  end<Name extends ServerEventName>(name: Name, payload: ServerEventOf<Name>): void {
    this.#fanOut.drop(this);
    if (this.#isCutOff) return;
    this.#isCutOff = true;
    this.say(name, payload);
    this.socket.disconnect(true);
  }
}

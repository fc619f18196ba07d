import type {
  ConversationId,
  DeviceId,
  ServerEventName,
  ServerEventOf,
  SessionId,
  UserId,
} from '@parley/contracts';
import type { Socket } from 'socket.io';

import type { FanOut, Outlet } from './fan-out.ts';
import { encodeFrame, type Frame } from './frames.ts';
import { TokenBucket } from './token-bucket.ts';

/** Who a request or a socket is, as its access token says. */
export interface Identity {
  readonly userId: UserId;
  readonly deviceId: DeviceId;
  readonly sessionId: SessionId;
  readonly expiresAtMs: number;
}

export const SENDS_PER_SECOND = 20;
export const SEND_BURST = 40;
/** What a reader may leave unread before it is cut off and told to sync. */
const UNREAD_BYTES_MAX = 1024 * 1024;

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
  readonly sendBudget = new TokenBucket(SEND_BURST, SENDS_PER_SECOND);
  identity: Identity;
  strikeCount = 0;
  unknownEventCount = 0;
  isTokenExpiryTold = false;
  readonly #fanOut: FanOut;
  #isCutOff = false;

  constructor(socket: Socket, identity: Identity, fanOut: FanOut) {
    this.socket = socket;
    this.identity = identity;
    this.#fanOut = fanOut;
  }

  /** Queues an event that many get: it is encoded once, by the caller. */
  push(frame: Frame): void {
    if (!this.#isCutOff) this.#fanOut.push(this, frame);
  }

  emit<Name extends ServerEventName>(name: Name, payload: ServerEventOf<Name>): void {
    this.push(encodeFrame(name, payload));
  }

  write(frames: readonly Frame[]): void {
    const transport = this.socket.conn.transport as unknown as RawTransport;
    const raw =
      transport.name === 'websocket' && transport.socket?.readyState === OPEN
        ? transport.socket._socket
        : undefined;
    if (raw === undefined) {
      // Long polling, or in the middle of an upgrade: the library keeps the order there.
      for (const { packet } of frames) this.socket.conn.write(packet.slice(1));
      return;
    }
    if (raw.writableLength > UNREAD_BYTES_MAX) {
      this.cutOff();
      return;
    }
    raw.write(
      frames.length === 1 && frames[0] ? frames[0].bytes : Buffer.concat(frames.map(({ bytes }) => bytes)),
    );
  }

  /** Ends a socket that does not read: it is told to sync, and what it missed comes by position. */
  cutOff(): void {
    this.#isCutOff = true;
    this.#fanOut.drop(this);
    this.socket.emit('resync_required', { reason: 'SLOW_CONSUMER' });
    this.socket.disconnect(true);
  }

  /** Says a last word and closes. */
  close<Name extends ServerEventName>(name: Name, payload: ServerEventOf<Name>): void {
    this.#fanOut.flushOutlet(this);
    this.#isCutOff = true;
    this.socket.emit(name, payload);
    this.socket.disconnect(true);
  }
}

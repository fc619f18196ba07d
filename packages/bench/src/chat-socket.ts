import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

const READ_BUFFER_BYTES = 256 * 1024;
const OPEN_MS_MAX = 10_000;
const NOTHING = Buffer.alloc(0);
const END_OF_HEAD = Buffer.from('\r\n\r\n');

const FINAL_TEXT = 0x81;
const CLOSE = 0x88;
const MASKED = 0x80;
const LENGTH_16_BITS = 126;
const LENGTH_64_BITS = 127;

const CHAR_0 = 0x30;
const CHAR_2 = 0x32;
const CHAR_3 = 0x33;
const CHAR_4 = 0x34;

/** Shared by all sockets: what is read is used up before the next socket is read from. */
const readBuffer = Buffer.alloc(READ_BUFFER_BYTES);

/** A piece of the bytes that came in, good only until the callback returns. */
export interface Slice {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly atMs: number;
}

export interface ChatSocketOptions {
  readonly port: number;
  readonly namespace: string;
  readonly auth: object;
  /** The event after which the system has this person in all rooms. */
  readonly readyEvent: string;
  /** An event: its JSON array. */
  readonly onEvent: (slice: Slice) => void;
  /** An answer: its number, and its JSON array. */
  readonly onAck: (id: number, slice: Slice) => void;
  readonly onClose: (reason: string) => void;
}

/**
 * The client half of Socket.IO over WebSocket, as little of it as a load generator needs: no JSON is parsed, no
 * object is made per frame, and many sockets share one read buffer, so that the generator is not what is measured.
 */
export class ChatSocket {
  readonly #socket: Socket;
  readonly #options: ChatSocketOptions;
  readonly #prefixLength: number;
  readonly #ready = Promise.withResolvers<void>();
  #rest: Buffer = NOTHING;
  #isUpgraded = false;
  #isReady = false;

  private constructor(options: ChatSocketOptions) {
    this.#options = options;
    this.#prefixLength = `42${options.namespace},`.length;
    const callback = (length: number): boolean => {
      this.#take(length);
      return true;
    };
    this.#socket = connect({
      host: '127.0.0.1',
      port: options.port,
      noDelay: true,
      onread: { buffer: readBuffer, callback },
    });
    this.#socket.on('connect', () => this.#socket.write(upgradeRequest(options.port)));
    this.#socket.on('error', (error) => this.#fail(error.message));
    this.#socket.on('close', () => this.#fail('the connection was closed'));
  }

  static async open(options: ChatSocketOptions): Promise<ChatSocket> {
    const chat = new ChatSocket(options);
    const timer = setTimeout(() => chat.#fail('not ready in time'), OPEN_MS_MAX);
    try {
      await chat.#ready.promise;
      return chat;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Says an event, and asks for an answer with this number. */
  emit(id: number, json: string): void {
    this.#write(`42${this.#options.namespace},${id}${json}`);
  }

  close(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }

  #write(packet: string): void {
    const length = Buffer.byteLength(packet);
    const headLength = length < LENGTH_16_BITS ? 6 : 8;
    const frame = Buffer.alloc(headLength + length);
    frame[0] = FINAL_TEXT;
    if (length < LENGTH_16_BITS) frame[1] = MASKED | length;
    else {
      frame[1] = MASKED | LENGTH_16_BITS;
      frame.writeUInt16BE(length, 2);
    }
    // The mask is four zeros, so masking changes nothing. A secret of browsers, of no use here.
    frame.write(packet, headLength);
    this.#socket.write(frame);
  }

  #take(length: number): void {
    const atMs = performance.now();
    const hasRest = this.#rest.length > 0;
    const bytes = hasRest ? Buffer.concat([this.#rest, readBuffer.subarray(0, length)]) : readBuffer;
    const end = hasRest ? bytes.length : length;
    let start = 0;
    if (!this.#isUpgraded) {
      const headEnd = bytes.subarray(0, end).indexOf(END_OF_HEAD);
      if (headEnd >= 0) {
        start = headEnd + END_OF_HEAD.length;
        this.#isUpgraded = bytes.toString('latin1', 0, 12) === 'HTTP/1.1 101';
        if (!this.#isUpgraded) return this.#fail(bytes.toString('latin1', 0, Math.min(end, 200)));
      }
    }
    if (this.#isUpgraded) start = this.#takeFrames({ bytes, start, end, atMs });
    this.#rest = start < end ? Buffer.from(bytes.subarray(start, end)) : NOTHING;
  }

  /** @returns where the first incomplete frame begins. */
  #takeFrames({ bytes, start, end, atMs }: Slice): number {
    let at = start;
    while (end - at >= 2) {
      let length = bytes[at + 1] ?? 0;
      let body = at + 2;
      if (length === LENGTH_16_BITS) {
        if (end - at < 4) return at;
        length = bytes.readUInt16BE(at + 2);
        body = at + 4;
      } else if (length === LENGTH_64_BITS) {
        if (end - at < 10) return at;
        length = Number(bytes.readBigUInt64BE(at + 2));
        body = at + 10;
      }
      if (end - body < length) return at;
      if (bytes[at] === CLOSE) this.#fail('the server closed the socket');
      else this.#takePacket({ bytes, start: body, end: body + length, atMs });
      at = body + length;
    }
    return at;
  }

  #takePacket(slice: Slice): void {
    const { bytes, start, end, atMs } = slice;
    const engineType = bytes[start];
    if (engineType === CHAR_2) return this.#write('3');
    if (engineType === CHAR_0) {
      return this.#write(`40${this.#options.namespace},${JSON.stringify(this.#options.auth)}`);
    }
    if (engineType !== CHAR_4) return undefined;

    const type = bytes[start + 1];
    const json = start + this.#prefixLength;
    if (type === CHAR_2) {
      if (this.#isReady) return this.#options.onEvent({ bytes, start: json, end, atMs });
      return this.#lookForReady(bytes.toString('latin1', json, end));
    }
    if (type === CHAR_3) {
      const { value, end: after } = digitsAt(bytes, json);
      return this.#options.onAck(value, { bytes, start: after, end, atMs });
    }
    if (type !== CHAR_0) this.#fail(bytes.toString('utf8', start, end));
    return undefined;
  }

  #lookForReady(json: string): void {
    if (!json.startsWith(`["${this.#options.readyEvent}"`)) return;
    this.#isReady = true;
    this.#ready.resolve();
  }

  #fail(reason: string): void {
    this.#socket.destroy();
    if (this.#isReady) this.#options.onClose(reason);
    else this.#ready.reject(new Error(`a socket could not be opened: ${reason}`));
  }
}

/** The whole number that is written at this place, and where it ends. */
export function digitsAt(bytes: Buffer, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  let at = start;
  for (; ; at += 1) {
    const digit = (bytes[at] ?? 0) - CHAR_0;
    if (digit < 0 || digit > 9) return { value, end: at };
    value = value * 10 + digit;
  }
}

function upgradeRequest(port: number): string {
  return [
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    '\r\n',
  ].join('\r\n');
}

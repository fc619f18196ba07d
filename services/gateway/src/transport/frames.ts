import type { ServerEventName, ServerEventOf } from '@parley/contracts';

export const CHAT_NAMESPACE = '/chat';

/** An event encoded once, whoever gets it. */
export interface Frame {
  /** The Socket.IO packet, for transports that frame it themselves. */
  readonly packet: string;
  /** The whole WebSocket frame around it, ready for the wire. */
  readonly bytes: Buffer;
}

const FINAL_TEXT = 0x81;
const LENGTH_16_BITS = 126;
const LENGTH_64_BITS = 127;

/**
 * Encodes an event as what the socket.io client expects on a WebSocket: Engine.IO's "message" (4), Socket.IO's
 * "event" (2), the namespace and the arguments, in one unmasked text frame.
 */
export function encodeFrame<Name extends ServerEventName>(name: Name, payload: ServerEventOf<Name>): Frame {
  const packet = `42${CHAT_NAMESPACE},${JSON.stringify([name, payload])}`;
  const body = Buffer.from(packet);
  return { packet, bytes: Buffer.concat([frameHead(body.length), body]) };
}

function frameHead(length: number): Buffer {
  if (length < LENGTH_16_BITS) return Buffer.from([FINAL_TEXT, length]);
  if (length <= 0xffff) {
    const head = Buffer.from([FINAL_TEXT, LENGTH_16_BITS, 0, 0]);
    head.writeUInt16BE(length, 2);
    return head;
  }
  const head = Buffer.alloc(10);
  head.set([FINAL_TEXT, LENGTH_64_BITS]);
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

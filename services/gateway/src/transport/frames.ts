import type { ServerEventName, ServerEventOf } from '@parley/contracts';

export const CHAT_NAMESPACE = '/chat';

/** An event encoded once, whoever gets it; or an answer to one. */
export interface Frame {
  /** The Socket.IO packet, for transports that frame it themselves. */
  readonly packet: string;
  /** The whole WebSocket frame around it, ready for the wire. */
  readonly bytes: Buffer;
}

/** Engine.IO's "message", then Socket.IO's "event" or "ack", then the namespace. */
const EVENT = `42${CHAT_NAMESPACE},`;
const ANSWER = `43${CHAT_NAMESPACE},`;

const FINAL_TEXT = 0x81;
const LENGTH_16_BITS = 126;
const LENGTH_64_BITS = 127;
const HEAD_LENGTH = 2;
const LENGTH_16_BYTES = 2;
const LENGTH_64_BYTES = 8;

/** Encodes an event as what the socket.io client expects on a WebSocket: one unmasked text frame. */
export function encodeFrame<Name extends ServerEventName>(name: Name, payload: ServerEventOf<Name>): Frame {
  return frameOf(`${EVENT}${JSON.stringify([name, payload])}`);
}

/** Encodes the answer to a client's event, by the number that it asked for an answer under. */
export function encodeAnswer(packetId: number, answer: object): Frame {
  return frameOf(`${ANSWER}${packetId}${JSON.stringify([answer])}`);
}

/** A Socket.IO packet in its WebSocket frame. */
export function frameOf(packet: string): Frame {
  const length = Buffer.byteLength(packet);
  const headLength = headLengthOf(length);
  const bytes = Buffer.allocUnsafe(headLength + length);
  bytes[0] = FINAL_TEXT;
  if (headLength === HEAD_LENGTH) bytes[1] = length;
  else if (headLength === HEAD_LENGTH + LENGTH_16_BYTES) {
    bytes[1] = LENGTH_16_BITS;
    bytes.writeUInt16BE(length, HEAD_LENGTH);
  } else {
    bytes[1] = LENGTH_64_BITS;
    bytes.writeBigUInt64BE(BigInt(length), HEAD_LENGTH);
  }
  bytes.write(packet, headLength);
  return { packet, bytes };
}

function headLengthOf(length: number): number {
  if (length < LENGTH_16_BITS) return HEAD_LENGTH;
  return HEAD_LENGTH + (length <= 0xffff ? LENGTH_16_BYTES : LENGTH_64_BYTES);
}

import { PROTOCOL_VERSION } from '@parley/contracts';
import { io } from 'socket.io-client';

/** What a wire tells of itself, each at most once but for events, and nothing more once it was closed. */
export interface WireEnd {
  readonly onEvent: (name: string, payload: unknown) => void;
  /** It broke, or the other side closed it. */
  readonly onLost: () => void;
  /** It did not open: with what the server said, where it was the server. */
  readonly onRefused: (said: unknown) => void;
}

export interface WireOptions extends WireEnd {
  readonly url: string;
  readonly token: string;
  readonly transports: readonly ('websocket' | 'polling')[];
  /** How long it may take to open. */
  readonly waitMs: number;
}

/** One socket to one gateway, from its opening to its end. */
export interface Wire {
  /** Says something; the ack as it came. Rejects when none comes in time, or the wire is lost. */
  ask(name: string, payload: unknown, waitMs: number): Promise<unknown>;
  close(): void;
}

/** Opens a wire. Exchangeable, so that a test can be the network. */
export type OpenWire = (options: WireOptions) => Wire;

export const openSocketIo: OpenWire = ({ url, token, transports, waitMs, ...end }) => {
  const socket = io(`${url}/chat`, {
    // Socket.IO's own way back knows nothing of tokens or of other gateways, so ours is used instead.
    reconnection: false,
    forceNew: true,
    transports: [...transports],
    tryAllTransports: true,
    timeout: waitMs,
    auth: { token, protocol: PROTOCOL_VERSION },
  });
  socket.onAny(end.onEvent);
  socket.on('disconnect', end.onLost);
  socket.on('connect_error', (error: Error & { data?: unknown }) => end.onRefused(error.data));
  return {
    ask: (name, payload, ackWaitMs) => socket.timeout(ackWaitMs).emitWithAck(name, payload),
    close: () => socket.disconnect(),
  };
};

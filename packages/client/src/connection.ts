import {
  type ClientEventName,
  type ClientEvents,
  PROTOCOL_VERSION,
  type ServerEventName,
  type ServerEventOf,
} from '@parley/contracts';
import { io, type Socket } from 'socket.io-client';

import { ApiError, isRecord, notSent, outcomeUnknown, readEdgeError } from './api-error.ts';
import { retryDelayMs } from './backoff.ts';
import type { InputOf, OutputOf } from './schema-types.ts';
import { TokenRenewal } from './token-renewal.ts';
import type { TokenSource } from './token-source.ts';

/** How long an event may wait for its ack. Longer than the server's own deadline, so its word comes first. */
export const ACK_WAIT_MS = 10_000;
/** How long the server may take to say `connected`, and a connection to open. */
export const CONNECT_WAIT_MS = 10_000;

export type PayloadOf<Name extends ClientEventName> = InputOf<ClientEvents[Name]['payload']>;
export type AckOf<Name extends ClientEventName> = OutputOf<ClientEvents[Name]['answer']>;

/** `stopped` is for good: closed by its owner, or the server will not have this session or this client again. */
export type ConnectionState = 'idle' | 'connecting' | 'connected' | 'waiting' | 'stopped';

export interface ConnectionOptions {
  readonly url: string;
  readonly tokens: TokenSource;
  readonly transports?: readonly ('websocket' | 'polling')[];
  readonly random?: () => number;
}

type Handler<Name extends ServerEventName> = (event: ServerEventOf<Name>) => void;

/**
 * One socket to the gateway that comes back by itself, for ever. It knows nothing of conversations: typed events
 * out with their acks, typed events in. Hundreds of them in one process are fine.
 */
export class Connection {
  readonly #tokens: TokenSource;
  readonly #random: () => number;
  readonly #socket: Socket;
  readonly #renewal: TokenRenewal;
  readonly #stateHandlers = new Set<(state: ConnectionState) => void>();
  #state: ConnectionState = 'idle';
  #token = '';
  #tries = 0;
  /** The server asked for some time before the next try. */
  #restMs = 0;
  #stoppedBy: ApiError | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ConnectionOptions) {
    this.#tokens = options.tokens;
    this.#random = options.random ?? Math.random;
    this.#socket = io(`${options.url.replace(/\/+$/, '')}/chat`, {
      autoConnect: false,
      // Socket.IO's own way back knows nothing of tokens, so ours is used instead.
      reconnection: false,
      forceNew: true,
      transports: [...(options.transports ?? ['websocket', 'polling'])],
      tryAllTransports: true,
      timeout: CONNECT_WAIT_MS,
      auth: (hand) => hand({ token: this.#token, protocol: PROTOCOL_VERSION }),
    });
    this.#renewal = new TokenRenewal({
      tokens: this.#tokens,
      current: () => this.#token,
      hand: async (token) => {
        await this.request('refresh_token', { token });
        this.#token = token;
      },
      isConnected: () => this.#state === 'connected',
      onRevoked: (error) => this.#stop(error),
      pauseMs: ACK_WAIT_MS,
    });
    this.#listen();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Why it is `stopped`; absent when its owner closed it. */
  get stoppedBy(): ApiError | undefined {
    return this.#stoppedBy;
  }

  start(): void {
    if (this.#state === 'idle') this.#open();
  }

  /** Comes back at once instead of after its pause: for a device that has just learnt that it is online. */
  retryNow(): void {
    if (this.#state === 'waiting') this.#open();
  }

  close(): void {
    this.#stop(undefined);
  }

  /** Until the session is live; throws when it never will be, or not within the deadline. */
  untilConnected(waitMs = CONNECT_WAIT_MS): Promise<void> {
    if (this.#state === 'connected') return Promise.resolve();
    return new Promise((resolve, reject) => {
      const forget = this.onState((state) => {
        if (state === 'connected') finish();
        if (state === 'stopped') finish(this.#stoppedBy ?? notSent('The connection was closed.'));
      });
      const timer = setTimeout(() => finish(notSent('No connection in time.')), waitMs);
      const finish = (error?: ApiError) => {
        clearTimeout(timer);
        forget();
        if (error === undefined) resolve();
        else reject(error);
      };
      if (this.#state === 'stopped') finish(this.#stoppedBy ?? notSent('The connection was closed.'));
    });
  }

  /** Says something and waits for its ack. Never buffered: what cannot leave now is refused as not sent. */
  request<Name extends ClientEventName>(
    name: Name,
    payload: PayloadOf<Name>,
    waitMs = ACK_WAIT_MS,
  ): Promise<AckOf<Name>> {
    if (this.#state !== 'connected') return Promise.reject(notSent('Not connected.'));
    return this.#emit(name, payload, waitMs);
  }

  on<Name extends ServerEventName>(name: Name, handler: Handler<Name>): () => void {
    // The socket's own types know no contract; the server keeps it.
    const listener = handler as (event: unknown) => void;
    this.#socket.on<string>(name, listener);
    return () => this.#socket.off<string>(name, listener);
  }

  onState(handler: (state: ConnectionState) => void): () => void {
    this.#stateHandlers.add(handler);
    return () => this.#stateHandlers.delete(handler);
  }

  #emit<Name extends ClientEventName>(
    name: Name,
    payload: PayloadOf<Name>,
    waitMs: number,
  ): Promise<AckOf<Name>> {
    return new Promise((resolve, reject) => {
      this.#socket.timeout(waitMs).emit(name, payload, (lost: Error | null, ack: unknown) => {
        if (lost !== null) reject(outcomeUnknown('No answer came back.', lost));
        else if (isRecord(ack) && ack['ok'] === true) resolve(ack['data'] as AckOf<Name>);
        else reject(refusalIn(ack));
      });
    });
  }

  #listen(): void {
    this.#socket.on('connected', () => this.#connected());
    this.#socket.on('disconnect', () => this.#wait());
    this.#socket.on('connect_error', (error: Error & { data?: unknown }) => {
      void this.#refused(readEdgeError(error.data));
    });
    this.on('session_revoked', ({ reason }) => {
      this.#tokens.ended?.();
      this.#stop(sessionRevoked(reason));
    });
    this.on('token_expiring', () => void this.#renewal.now());
    this.on('server_draining', ({ retryAfterMs }) => {
      this.#restMs = Math.floor(this.#random() * retryAfterMs);
    });
  }

  #open(): void {
    this.#clearTimers();
    this.#become('connecting');
    void this.#connect();
  }

  async #connect(): Promise<void> {
    try {
      this.#token = await this.#tokens.accessToken();
    } catch (error) {
      this.#noToken(error);
      return;
    }
    if (this.#state !== 'connecting') return;
    // A server that opens and then says nothing is as good as none.
    this.#timer = setTimeout(() => this.#wait(), CONNECT_WAIT_MS);
    this.#socket.connect();
  }

  #connected(): void {
    if (this.#state !== 'connecting') return;
    this.#clearTimers();
    this.#tries = 0;
    this.#restMs = 0;
    this.#renewal.plan();
    this.#become('connected');
  }

  async #refused(error: ApiError | undefined): Promise<void> {
    if (this.#state !== 'connecting') return;
    if (error?.code === 'SESSION_REVOKED' || error?.code === 'UNSUPPORTED_VERSION') {
      if (error.code === 'SESSION_REVOKED') this.#tokens.ended?.();
      this.#stop(error);
      return;
    }
    if (error?.code === 'TOKEN_EXPIRED' || error?.code === 'UNAUTHENTICATED') {
      try {
        await this.#tokens.renew(this.#token);
      } catch (fault) {
        this.#noToken(fault);
        return;
      }
    }
    this.#restMs = Math.max(this.#restMs, error?.retryAfterMs ?? 0);
    this.#wait();
  }

  /** Without a token there is no connection; without a right to one there never will be. */
  #noToken(error: unknown): void {
    const refused =
      error instanceof ApiError && (error.code === 'SESSION_REVOKED' || error.code === 'UNAUTHENTICATED');
    if (refused) this.#stop(error);
    else this.#wait();
  }

  #wait(): void {
    if (this.#state !== 'connecting' && this.#state !== 'connected') return;
    this.#clearTimers();
    this.#timer = setTimeout(() => this.#open(), this.#restMs + retryDelayMs(this.#tries, this.#random));
    this.#restMs = 0;
    this.#tries += 1;
    // The socket's own `disconnect` comes back here and must find the work done.
    this.#state = 'waiting';
    this.#socket.disconnect();
    this.#tell();
  }

  #stop(reason: ApiError | undefined): void {
    if (this.#state === 'stopped') return;
    this.#clearTimers();
    this.#stoppedBy = reason;
    this.#become('stopped');
    this.#socket.disconnect();
    this.#stateHandlers.clear();
  }

  #clearTimers(): void {
    clearTimeout(this.#timer);
    this.#renewal.stop();
  }

  #tell(): void {
    const state = this.#state;
    for (const handler of this.#stateHandlers) handler(state);
  }

  #become(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#tell();
  }
}

function refusalIn(ack: unknown): ApiError {
  return (
    (isRecord(ack) ? readEdgeError(ack['error']) : undefined) ?? outcomeUnknown('The answer is not readable.')
  );
}

function sessionRevoked(reason: string): ApiError {
  return new ApiError({
    code: 'SESSION_REVOKED',
    message: 'The session has ended.',
    definite: true,
    details: { reason },
  });
}

import type { ClientEventName, ClientEvents, ServerEventName, ServerEventOf } from '@parley/contracts';

import { Addresses, type Where } from './addresses.ts';
import { ApiError, isRecord, notSent, outcomeUnknown, readEdgeError } from './api-error.ts';
import { retryDelayMs } from './backoff.ts';
import { Emitter } from './emitter.ts';
import type { InputOf, OutputOf } from './schema-types.ts';
import { TokenRenewal } from './token-renewal.ts';
import type { TokenSource } from './token-source.ts';
import { openSocketIo, type OpenWire, type Wire } from './wire.ts';

/** How long an event may wait for its ack. Longer than the server's own deadline, so its word comes first. */
export const ACK_WAIT_MS = 10_000;
/** How long one try may take, from the question for a token to the server's `connected`. */
export const CONNECT_WAIT_MS = 10_000;

export type PayloadOf<Name extends ClientEventName> = InputOf<ClientEvents[Name]['payload']>;
export type AckOf<Name extends ClientEventName> = OutputOf<ClientEvents[Name]['answer']>;

/** `stopped` is for good: closed by its owner, or the server will not have this session or this client again. */
export type ConnectionState = 'idle' | 'connecting' | 'connected' | 'waiting' | 'stopped';

export interface ConnectionOptions {
  /** Of several, the next one is tried when one is lost or does not answer. */
  readonly url: Where;
  readonly tokens: TokenSource;
  readonly transports?: readonly ('websocket' | 'polling')[];
  readonly random?: () => number;
  readonly openWire?: OpenWire;
  /** Where in the log stands what an ack tells of: a read may ask to include it. */
  readonly onWritten?: (position: unknown) => void;
}

type Events = { readonly [Name in ServerEventName]: ServerEventOf<Name> };

/**
 * One socket to a gateway that comes back by itself, for ever. It knows nothing of conversations: typed events
 * out with their acks, typed events in. Hundreds of them in one process are fine.
 */
export class Connection {
  readonly #addresses: Addresses;
  readonly #tokens: TokenSource;
  readonly #transports: NonNullable<ConnectionOptions['transports']>;
  readonly #random: () => number;
  readonly #openWire: OpenWire;
  readonly #onWritten: NonNullable<ConnectionOptions['onWritten']>;
  readonly #renewal: TokenRenewal;
  readonly #events = new Emitter<Events>();
  readonly #stateHandlers = new Set<(state: ConnectionState) => void>();
  #state: ConnectionState = 'idle';
  #wire: Wire | undefined;
  #token = '';
  /** Counts tries ever made: what an earlier one still says is not heard. */
  #attempt = 0;
  /** Tries since the last time that it was connected. */
  #tries = 0;
  /** The server asked for some time before the next try. */
  #restMs = 0;
  #stoppedBy: ApiError | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ConnectionOptions) {
    this.#addresses = Addresses.of(options.url);
    this.#tokens = options.tokens;
    this.#transports = options.transports ?? ['websocket', 'polling'];
    this.#random = options.random ?? Math.random;
    this.#openWire = options.openWire ?? openSocketIo;
    this.#onWritten = options.onWritten ?? (() => undefined);
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
  async request<Name extends ClientEventName>(
    name: Name,
    payload: PayloadOf<Name>,
    waitMs = ACK_WAIT_MS,
  ): Promise<AckOf<Name>> {
    if (this.#state !== 'connected' || this.#wire === undefined) throw notSent('Not connected.');
    const ack = await this.#wire.ask(name, payload, waitMs).catch((lost: unknown) => {
      throw outcomeUnknown('No answer came back.', lost);
    });
    if (!isRecord(ack) || ack['ok'] !== true) throw refusalIn(ack);
    const { data } = ack;
    if (isRecord(data)) this.#onWritten(data['position']);
    return data as AckOf<Name>;
  }

  on<Name extends ServerEventName>(name: Name, handler: (event: ServerEventOf<Name>) => void): () => void {
    return this.#events.on(name, handler);
  }

  onState(handler: (state: ConnectionState) => void): () => void {
    this.#stateHandlers.add(handler);
    return () => this.#stateHandlers.delete(handler);
  }

  #listen(): void {
    this.on('connected', () => this.#connected());
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
    this.#attempt += 1;
    this.#become('connecting');
    // Whoever gives the token, or opens and then says nothing, is as good as nobody.
    this.#timer = setTimeout(() => this.#wait(), CONNECT_WAIT_MS);
    void this.#connect(this.#attempt);
  }

  async #connect(attempt: number): Promise<void> {
    const isOver = () => attempt !== this.#attempt || this.#state === 'stopped';
    try {
      const token = await this.#tokens.accessToken();
      if (isOver()) return;
      this.#token = token;
    } catch (error) {
      if (!isOver()) this.#noToken(error);
      return;
    }
    const heard = (take: () => void) => {
      if (!isOver()) take();
    };
    this.#wire = this.#openWire({
      url: this.#addresses.current,
      token: this.#token,
      transports: this.#transports,
      waitMs: CONNECT_WAIT_MS,
      // The wire knows no contract; the server keeps it.
      onEvent: (name, payload) => heard(() => this.#events.emit(name as ServerEventName, payload as never)),
      onLost: () => heard(() => this.#wait()),
      onRefused: (said) => heard(() => void this.#refused(readEdgeError(said), isOver)),
    });
  }

  #connected(): void {
    if (this.#state !== 'connecting') return;
    this.#clearTimers();
    this.#tries = 0;
    this.#restMs = 0;
    this.#renewal.plan();
    this.#become('connected');
  }

  async #refused(error: ApiError | undefined, isOver: () => boolean): Promise<void> {
    if (this.#state !== 'connecting') return;
    if (error?.code === 'SESSION_REVOKED' || error?.code === 'UNSUPPORTED_VERSION') {
      if (error.code === 'SESSION_REVOKED') this.#tokens.ended?.();
      this.#stop(error);
      return;
    }
    this.#restMs = Math.max(this.#restMs, error?.retryAfterMs ?? 0);
    if (error?.code !== 'TOKEN_EXPIRED' && error?.code !== 'UNAUTHENTICATED') {
      this.#wait();
      return;
    }
    try {
      await this.#tokens.renew(this.#token);
      // The gateway is well: it was the token.
      if (!isOver()) this.#wait({ isAddressGood: true });
    } catch (fault) {
      if (!isOver()) this.#noToken(fault);
    }
  }

  /** Without a token there is no connection; without a right to one there never will be. */
  #noToken(error: unknown): void {
    if (error instanceof ApiError && tokenEnds.has(error.code)) this.#stop(error);
    else this.#wait({ isAddressGood: true });
  }

  #wait({ isAddressGood = false } = {}): void {
    if (this.#state !== 'connecting' && this.#state !== 'connected') return;
    this.#clearTimers();
    if (!isAddressGood) this.#addresses.leave(this.#addresses.current);
    // The pause grows once all addresses have been tried, so one that is gone costs next to nothing.
    const round = Math.floor(this.#tries / this.#addresses.count);
    this.#timer = setTimeout(() => this.#open(), this.#restMs + retryDelayMs(round, this.#random));
    this.#restMs = 0;
    this.#tries += 1;
    this.#hangUp();
    this.#become('waiting');
  }

  #stop(reason: ApiError | undefined): void {
    if (this.#state === 'stopped') return;
    this.#clearTimers();
    this.#stoppedBy = reason;
    this.#hangUp();
    this.#become('stopped');
    this.#stateHandlers.clear();
  }

  /** What the wire still says while it ends is not heard. */
  #hangUp(): void {
    this.#attempt += 1;
    const wire = this.#wire;
    this.#wire = undefined;
    wire?.close();
  }

  #clearTimers(): void {
    clearTimeout(this.#timer);
    this.#renewal.stop();
  }

  #become(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    for (const handler of this.#stateHandlers) handler(state);
  }
}

/** Refusals of a token that no other token follows on. */
const tokenEnds: ReadonlySet<string> = new Set(['SESSION_REVOKED', 'UNAUTHENTICATED', 'TOKEN_EXPIRED']);

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

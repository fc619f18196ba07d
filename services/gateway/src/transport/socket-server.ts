import { randomUUID } from 'node:crypto';
import type { Server as HttpServer } from 'node:http';

import {
  type ClientEventContract,
  clientEvents,
  FRAME_BYTES_MAX,
  Handshake,
  PROTOCOL_VERSION,
} from '@parley/contracts';
import { isAway } from '@parley/jetstream';
import type { Log } from '@parley/service-kit';
import { Server, type Socket } from 'socket.io';

import { type AuthenticationFault, type Authenticator, bearerToken } from './authenticate.ts';
import { ClientSession, type Identity } from './client-session.ts';
import type { Connections } from './connections.ts';
import { edgeError, type EdgeResult, validationFailed } from './edge-error.ts';
import type { FanOut } from './fan-out.ts';
import { CHAT_NAMESPACE } from './frames.ts';
import { originAllowed } from './origins.ts';
import type { Sessions } from './sessions.ts';
import type { SocketHandlers } from './socket-contract.ts';

const PING_INTERVAL_MS = 10_000;
const PING_TIMEOUT_MS = 10_000;
/** A connection that does not join the namespace in time is cut. */
const CONNECT_TIMEOUT_MS = 5_000;
/** So often an unknown event, or a send over the limit, is answered; then the socket is closed. */
const UNKNOWN_EVENT_COUNT_MAX = 20;
const STRIKE_COUNT_MAX = 3;
const STRIKE_EVERY_REFUSAL_COUNT = 100;
const DRAIN_RETRY_MS_MAX = 3_000;
const UNAVAILABLE_RETRY_MS = 1_000;

const authenticationMessages: { readonly [Code in AuthenticationFault]: string } = {
  UNAUTHENTICATED: 'A valid session is needed.',
  TOKEN_EXPIRED: 'The token has expired.',
  SESSION_REVOKED: 'The session has ended.',
  UNAVAILABLE: 'This cannot be done now. Try again.',
};

export interface SocketServerParts {
  readonly authenticator: Authenticator;
  readonly sessions: Sessions;
  readonly connections: Connections;
  readonly handlers: SocketHandlers;
  readonly fanOut: FanOut;
  readonly log: Log;
  readonly origins: readonly string[];
  readonly addressOf: (socket: Socket) => string;
}

/** The Socket.IO edge: lets sockets in by their session, and answers what they say by the table of handlers. */
export class SocketServer {
  readonly #io: Server;
  readonly #parts: SocketServerParts;

  constructor(http: HttpServer, parts: SocketServerParts) {
    this.#parts = parts;
    this.#io = new Server(http, {
      transports: ['websocket', 'polling'],
      maxHttpBufferSize: FRAME_BYTES_MAX,
      perMessageDeflate: false,
      httpCompression: false,
      pingInterval: PING_INTERVAL_MS,
      pingTimeout: PING_TIMEOUT_MS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      serveClient: false,
      cors: { origin: [...parts.origins] },
      allowRequest: (request, callback) => {
        callback(null, originAllowed(request.headers.origin, request.headers.host, parts.origins));
      },
    });
    // The library's own namespace lets anybody stay, without a session and outside every limit.
    this.#io.use((_, next) => next(connectError(edgeError('NOT_FOUND', 'There is no such namespace.'))));
    const chat = this.#io.of(CHAT_NAMESPACE);
    chat.use((socket, next) => {
      void this.#admit(socket).then(next, (error: unknown) => {
        parts.log.error({ err: error }, 'a connection could not be checked');
        next(connectError(edgeError('INTERNAL', 'Something went wrong.')));
      });
    });
    chat.on('connection', (socket) => void this.#welcome(socket));
  }

  get connectionCount(): number {
    return this.#parts.sessions.size;
  }

  /** Tells every client to go elsewhere, each at its own moment, and closes. */
  async drain(): Promise<void> {
    for (const session of this.#parts.sessions.all()) {
      session.close('server_draining', { retryAfterMs: Math.round(Math.random() * DRAIN_RETRY_MS_MAX) });
    }
    await this.#io.close();
  }

  async #admit(socket: Socket): Promise<Error | undefined> {
    const handshake = Handshake.safeParse(socket.handshake.auth);
    if (!handshake.success) return connectError(validationFailed(handshake.error));
    const { token, authorization, protocol } = handshake.data;
    if (protocol !== PROTOCOL_VERSION) {
      return connectError(
        edgeError('UNSUPPORTED_VERSION', `This server speaks protocol ${PROTOCOL_VERSION}.`),
      );
    }
    const bearer = bearerToken(authorization) ?? bearerToken(socket.handshake.headers.authorization);
    const identity = await this.#parts.authenticator.authenticate(token ?? bearer);
    if (typeof identity === 'string') {
      return connectError(edgeError(identity, authenticationMessages[identity]));
    }
    if (!this.#parts.sessions.hasRoomFor(identity.userId, this.#parts.addressOf(socket))) {
      return connectError(
        edgeError('RATE_LIMITED', 'Too many connections.', { retryAfterMs: PING_INTERVAL_MS }),
      );
    }
    (socket.data as { identity?: Identity }).identity = identity;
    return undefined;
  }

  async #welcome(socket: Socket): Promise<void> {
    const { identity } = socket.data as { identity: Identity };
    const { sessions, connections, fanOut, log } = this.#parts;
    const session = new ClientSession(socket, identity, fanOut);
    const address = this.#parts.addressOf(socket);
    sessions.add(session, address);
    socket.on('disconnect', () => {
      sessions.remove(session, address);
      connections.close(session);
      fanOut.drop(session);
    });
    socket.onAny((name: string, ...args: unknown[]) => {
      this.#answer(session, name, args).catch((error: unknown) => {
        log.error({ err: error, event: name }, 'an answer could not be given');
      });
    });
    // Ended between its check and here: whoever was told to close it did not know this socket yet.
    if (this.#parts.authenticator.faultOf(identity.sessionId) === 'SESSION_REVOKED') {
      session.close('session_revoked', { reason: 'revoked' });
      return;
    }
    try {
      await connections.open(session);
    } catch (error) {
      log.error({ err: error }, 'a connection could not be opened');
      const refusal = edgeError('UNAVAILABLE', 'The conversations cannot be listed now. Try again.');
      session.close('error', { ...refusal.error });
    }
  }

  async #answer(session: ClientSession, name: string, args: readonly unknown[]): Promise<void> {
    const last = args.at(-1);
    const acknowledge = typeof last === 'function' ? (last as (answer: unknown) => void) : undefined;
    const payload = acknowledge && args.length === 1 ? undefined : args[0];
    const result = await this.#resultOf(session, name, payload);
    const contract: ClientEventContract | undefined = Object.hasOwn(clientEvents, name)
      ? clientEvents[name as keyof typeof clientEvents]
      : undefined;
    // What was pushed before the answer is read before it.
    this.#parts.fanOut.flushOutlet(session);
    if (acknowledge) {
      acknowledge(result.ok ? { ok: true, data: result.data } : { ok: false, error: result.error });
    } else if (result.ok) sayWithoutAck(session, contract, result.data);
    else {
      session.socket.emit(contract?.confirmedBy?.error ?? 'error', {
        ...aliasesOf(payload),
        ...result.error,
      });
    }
  }

  async #resultOf(session: ClientSession, name: string, payload: unknown): Promise<EdgeResult> {
    if (!Object.hasOwn(clientEvents, name)) {
      session.unknownEventCount += 1;
      if (session.unknownEventCount > UNKNOWN_EVENT_COUNT_MAX) session.socket.disconnect(true);
      return edgeError('UNKNOWN_EVENT', 'There is no such event.');
    }
    const retryAfterMs = session.sendBudget.take();
    if (retryAfterMs > 0) return this.#refuseOverLimit(session, retryAfterMs);

    const fault = this.#parts.authenticator.faultOf(session.identity.sessionId);
    if (fault === 'UNAVAILABLE') return unavailable();
    if (fault) return edgeError(fault, authenticationMessages[fault]);

    const eventName = name as keyof typeof clientEvents;
    const parsed = clientEvents[eventName].payload.safeParse(payload);
    if (!parsed.success) return validationFailed(parsed.error);
    try {
      // TypeScript cannot see that table[name] accepts what the schema of the same name has parsed.
      const handler = this.#parts.handlers[eventName] as (...args: readonly unknown[]) => Promise<EdgeResult>;
      return await handler(parsed.data, session, randomUUID());
    } catch (error) {
      this.#parts.log.error({ err: error, event: name }, 'an event could not be answered');
      // Only looking can fail so: what a command met is an outcome, not an exception.
      if (isAway(error)) return unavailable();
      return edgeError('INTERNAL', 'Something went wrong.');
    }
  }

  #refuseOverLimit(session: ClientSession, retryAfterMs: number): EdgeResult {
    session.strikeCount += 1;
    if (session.strikeCount > STRIKE_COUNT_MAX * STRIKE_EVERY_REFUSAL_COUNT) session.socket.disconnect(true);
    return edgeError('RATE_LIMITED', 'Too many events.', { retryAfterMs });
  }
}

function unavailable(): EdgeResult {
  return edgeError('UNAVAILABLE', authenticationMessages.UNAVAILABLE, { retryAfterMs: UNAVAILABLE_RETRY_MS });
}

/** Whom the proxy has seen: the last entry. Those before it are the client's to write. */
export function addressBehindProxy(socket: Socket): string {
  const forwarded = socket.handshake.headers['x-forwarded-for'];
  const seen = [forwarded].flat().join(',').split(',').at(-1)?.trim();
  return seen ? seen : socket.handshake.address;
}

/** A client without acks hears the same as an event; a synchronisation comes conversation by conversation. */
function sayWithoutAck(
  session: ClientSession,
  contract: ClientEventContract | undefined,
  data: unknown,
): void {
  if (contract === clientEvents.sync_request) {
    const { conversations, removed } = data as { conversations: unknown[]; removed: unknown[] };
    for (const synced of conversations) session.socket.emit('sync_messages', synced);
    session.socket.emit('sync_complete', { removed });
    return;
  }
  if (contract?.confirmedBy) session.socket.emit(contract.confirmedBy.success, data);
}

function aliasesOf(payload: unknown): object {
  if (typeof payload !== 'object' || payload === null) return {};
  const { clientMessageId } = payload as { clientMessageId?: unknown };
  return typeof clientMessageId === 'string' ? { clientMessageId: clientMessageId.slice(0, 64) } : {};
}

function connectError({ error }: { readonly error: { readonly message: string } }): Error {
  return Object.assign(new Error(error.message), { data: error });
}

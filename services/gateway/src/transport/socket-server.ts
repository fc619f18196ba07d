import type { Server as HttpServer } from 'node:http';

import { type EventNaming, FRAME_BYTES_MAX } from '@parley/contracts';
import type { Log } from '@parley/service-kit';
import { Server, type Socket } from 'socket.io';

import type { Admission, Admitted } from './admission.ts';
import type { Authenticator } from './authenticate.ts';
import { ClientSession } from './client-session.ts';
import type { Connections } from './connections.ts';
import { edgeError } from './edge-error.ts';
import type { Signals } from '../signals.ts';
import type { FanOut } from './fan-out.ts';
import { CHAT_NAMESPACE } from './frames.ts';
import { originAllowed } from './origins.ts';
import type { Sessions } from './sessions.ts';
import { forgetHandshake, withoutRooms } from './light-sockets.ts';
import { listenTo } from './listen-to.ts';
import type { SocketEvents } from './socket-events.ts';
import { TokenBucket } from './token-bucket.ts';

const PING_INTERVAL_MS = 10_000;
const PING_TIMEOUT_MS = 10_000;
/** A connection that does not join the namespace in time is cut. */
const CONNECT_TIMEOUT_MS = 5_000;
const DRAIN_RETRY_MS_MAX = 3_000;
/** How long what is under way may take to be answered before its socket closes over it. */
const FINISH_MS_MAX = 5_000;

/** How much one socket may say. */
export interface SocketRate {
  readonly eventsPerSecond: number;
  readonly eventBurst: number;
}

export interface SocketServerParts {
  readonly authenticator: Authenticator;
  readonly admission: Admission;
  readonly events: SocketEvents;
  readonly sessions: Sessions;
  readonly connections: Connections;
  readonly signals: Pick<Signals, 'came' | 'went'>;
  readonly fanOut: FanOut;
  readonly rate: SocketRate;
  readonly log: Log;
  readonly origins: readonly string[];
  /** Tells a newcomer what they should know. */
  readonly greet: (session: ClientSession) => void;
}

/** The Socket.IO edge: lets sockets in by their session, and hands on what they say. */
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
    const chat = withoutRooms(this.#io.of(CHAT_NAMESPACE));
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

  /**
   * Tells every client to go elsewhere, each after a time of its own, lets what is under way be answered, and closes.
   * What is said from here on is refused: it was not done, and may be said to the next gateway.
   */
  async drain(): Promise<void> {
    const { admission, events, sessions } = this.#parts;
    admission.close();
    for (const session of sessions.all()) {
      session.emit('server_draining', { retryAfterMs: Math.round(Math.random() * DRAIN_RETRY_MS_MAX) });
    }
    const finishing = AbortSignal.timeout(FINISH_MS_MAX);
    await Promise.race([
      events.close(),
      new Promise((resolve) => finishing.addEventListener('abort', resolve)),
    ]);
    for (const session of sessions.all()) session.leave();
    await this.#io.close();
  }

  async #admit(socket: Socket): Promise<Error | undefined> {
    const admitted = await this.#parts.admission.admit(socket);
    if ('ok' in admitted) return connectError(admitted);
    (socket.data as { admitted?: Admitted }).admitted = admitted;
    return undefined;
  }

  async #welcome(socket: Socket): Promise<void> {
    const { identity, naming, syncToken, place, turn } = (socket.data as { admitted: Admitted }).admitted;
    const { sessions, connections, signals, events, log } = this.#parts;
    const session = this.#sessionOf(socket, { identity, naming });
    forgetHandshake(socket);
    sessions.add(session);
    socket.on('disconnect', (reason) => {
      sessions.remove(session);
      signals.went(session, reason);
      connections.close(session);
      session.forget();
      place();
      turn();
      // There is no other namespace: whoever leaves this one has nothing to say on the connection any more.
      if (reason === 'client namespace disconnect') socket.conn.close();
    });
    listenTo(socket, (said) => {
      events.answer(session, said).catch((error: unknown) => {
        log.error({ err: error, event: said.name }, 'an answer could not be given');
      });
    });
    // Ended between its check and here: whoever was told to close it did not know this socket yet.
    if (this.#parts.authenticator.faultOf(identity.sessionId) === 'SESSION_REVOKED') {
      session.end('session_revoked', { reason: 'revoked' });
      return;
    }
    signals.came(session);
    try {
      await connections.open(session, syncToken);
      this.#parts.greet(session);
      // Whoever reads slowly what they missed keeps nobody from coming in.
      turn();
      if (syncToken !== undefined) await connections.tellMissed(session, syncToken);
    } catch (error) {
      log.error({ err: error }, 'a connection could not be opened');
      const refusal = edgeError('UNAVAILABLE', 'The conversations cannot be listed now. Try again.');
      session.close('error', { ...refusal.error });
    } finally {
      turn();
    }
  }

  #sessionOf(
    socket: Socket,
    who: { readonly identity: Admitted['identity']; readonly naming: EventNaming },
  ): ClientSession {
    const { fanOut, rate } = this.#parts;
    const budget = new TokenBucket(rate.eventBurst, rate.eventsPerSecond);
    return new ClientSession(socket, { ...who, fanOut, budget });
  }
}

function connectError({ error }: { readonly error: { readonly message: string } }): Error {
  return Object.assign(new Error(error.message), { data: error });
}

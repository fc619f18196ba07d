import { type EventNaming, Handshake, PROTOCOL_VERSION } from '@parley/contracts';
import type { Socket } from 'socket.io';

import { type AuthenticationFault, type Authenticator, bearerToken } from './authenticate.ts';
import type { Identity } from './client-session.ts';
import { edgeError, type EdgeResult, validationFailed } from './edge-error.ts';
import type { Place, SocketPlaces } from './socket-places.ts';
import { badToken, type SyncByToken } from './sync-by-token.ts';
import { otherDevice } from './sync-handlers.ts';
import type { GiveBack, Turnstile } from './turnstile.ts';

/** One that comes while this gateway goes away finds another one, or this one started anew. */
const DRAINING_RETRY_MS = 1_000;

export const authenticationMessages: { readonly [Code in AuthenticationFault]: string } = {
  UNAUTHENTICATED: 'A valid session is needed.',
  TOKEN_EXPIRED: 'The token has expired.',
  SESSION_REVOKED: 'The session has ended.',
  UNAVAILABLE: 'This cannot be done now. Try again.',
};

/** A socket that may come in: who it is, its place among all, and its turn to be served. */
export interface Admitted {
  readonly identity: Identity;
  readonly naming: EventNaming;
  /** How far its device has come, where it says so. */
  readonly syncToken: string | undefined;
  readonly place: Place;
  /** Handed back once the socket has been told that it is connected. */
  readonly turn: GiveBack;
}

export interface AdmissionParts {
  readonly authenticator: Authenticator;
  readonly sync: Pick<SyncByToken, 'isGood'>;
  readonly places: SocketPlaces;
  readonly turnstile: Turnstile;
  readonly addressOf: (socket: Socket) => string;
}

type Refused = EdgeResult & { readonly ok: false };

/** Decides which sockets come in, in what order, and how many at once. Whom it sends away it tells when to come again. */
export class Admission {
  readonly #parts: AdmissionParts;
  #isClosed = false;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /** Lets nobody in any more. */
  close(): void {
    this.#isClosed = true;
    this.#parts.turnstile.close();
  }

  /** Who has no session never stands in line: a flood of them keeps nobody waiting. */
  async admit(socket: Socket): Promise<Admitted | Refused> {
    const handshake = Handshake.safeParse(socket.handshake.auth);
    if (!handshake.success) return validationFailed(handshake.error);
    const { naming, protocol, syncToken } = handshake.data;
    if (protocol !== PROTOCOL_VERSION) {
      return edgeError('UNSUPPORTED_VERSION', `This server speaks protocol ${PROTOCOL_VERSION}.`);
    }
    if (this.#isClosed) return draining();
    const identity = await this.#identify(socket, handshake.data);
    if ('ok' in identity) return identity;

    const turn = await this.#parts.turnstile.enter();
    if (typeof turn === 'number') return this.#isClosed ? draining() : tooMany(turn);
    const place = await this.#parts.places.take(identity.userId, this.#parts.addressOf(socket));
    if (typeof place === 'number') {
      turn();
      return edgeError('RATE_LIMITED', 'Too many connections.', { retryAfterMs: place });
    }
    // Of one that has gone meanwhile the library says nothing any more.
    const giveBack = () => {
      place();
      turn();
    };
    if (socket.conn.readyState === 'open') socket.conn.once('close', giveBack);
    else giveBack();
    return { identity, naming, syncToken, place, turn };
  }

  async #identify(
    socket: Socket,
    { token, authorization, deviceId, syncToken }: Handshake,
  ): Promise<Identity | Refused> {
    const bearer = bearerToken(authorization) ?? bearerToken(socket.handshake.headers.authorization);
    const identity = await this.#parts.authenticator.authenticate(token ?? bearer);
    if (typeof identity === 'string') return edgeError(identity, authenticationMessages[identity]);
    if (deviceId !== undefined && deviceId !== identity.deviceId) return otherDevice();
    if (syncToken !== undefined && !this.#parts.sync.isGood(syncToken, identity.userId)) return badToken();
    return identity;
  }
}

/** Whom the proxy has seen: the last entry. Those before it are the client's to write. */
export function addressBehindProxy(socket: Socket): string {
  const forwarded = socket.handshake.headers['x-forwarded-for'];
  const seen = [forwarded].flat().join(',').split(',').at(-1)?.trim();
  return seen ? seen : socket.handshake.address;
}

function tooMany(retryAfterMs: number): Refused {
  return edgeError('UNAVAILABLE', 'Too many connect at once. Try again.', { retryAfterMs });
}

function draining(): Refused {
  return edgeError('UNAVAILABLE', 'This server is going away. Connect again.', {
    retryAfterMs: Math.round(DRAINING_RETRY_MS * (1 + Math.random())),
  });
}

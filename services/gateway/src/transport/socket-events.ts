import { randomUUID } from 'node:crypto';

import {
  type ClientEventContract,
  clientEventNamed,
  clientEvents,
  type NamedEvent,
  type SessionId,
  type SyncedByCursors,
  type SyncPage,
} from '@parley/contracts';
import { isAway } from '@parley/jetstream';
import type { Log } from '@parley/service-kit';

import { authenticationMessages } from './admission.ts';
import type { Authenticator } from './authenticate.ts';
import type { ClientSession } from './client-session.ts';
import { edgeError, type EdgeResult, validationFailed } from './edge-error.ts';
import type { FanOut } from './fan-out.ts';
import { tell } from './handshake-sync.ts';
import type { Said } from './listen-to.ts';
import type { SocketHandlers } from './socket-contract.ts';

/** So many refusals over the limit are a strike. */
const STRIKE_EVERY_REFUSAL_COUNT = 100;
const UNAVAILABLE_RETRY_MS = 1_000;
/** A page of what was missed costs as much as very many sends: one socket has so many of them in work, whatever it asks. */
const SYNCS_AT_ONCE_MAX = 4;
const SYNC_RETRY_MS = 100;

export interface EventLimits {
  /** How many strikes end a socket. */
  readonly strikes: number;
  /** How many unknown events are answered before the socket is ended. */
  readonly unknownEvents: number;
}

export interface SocketEventParts {
  readonly authenticator: Authenticator;
  readonly handlers: SocketHandlers;
  readonly fanOut: FanOut;
  readonly limits: EventLimits;
  readonly log: Log;
  /** A session says something. */
  readonly onActive: (sessionId: SessionId) => void;
  /** Somebody floods; answers for how long they get no socket. */
  readonly sendOut: (session: ClientSession) => Promise<number>;
}

/** Answers what sockets say, by the table of handlers. */
export class SocketEvents {
  readonly #parts: SocketEventParts;
  readonly #idle = new Set<() => void>();
  #underWayCount = 0;
  #isClosed = false;

  constructor(parts: SocketEventParts) {
    this.#parts = parts;
  }

  /** Takes nothing new in. Resolves when everything that was under way is answered. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#underWayCount > 0) await new Promise<void>((resolve) => this.#idle.add(resolve));
  }

  async answer(session: ClientSession, { name, payload, packetId }: Said): Promise<void> {
    const named = clientEventNamed(session.naming, { name, payload });
    this.#underWayCount += 1;
    try {
      const result = await this.#resultOf(session, named);
      if (packetId !== undefined) {
        session.answer(
          packetId,
          result.ok ? { ok: true, data: result.data } : { ok: false, error: result.error },
        );
        return;
      }
      // What was pushed before the answer is read before it.
      this.#parts.fanOut.flushOutlet(session);
      sayWithoutAck(session, named, result);
    } finally {
      this.#underWayCount -= 1;
      if (this.#underWayCount === 0) for (const resolve of this.#idle) resolve();
    }
  }

  async #resultOf(session: ClientSession, { name, payload }: NamedEvent): Promise<EdgeResult> {
    const retryAfterMs = (isSync(name) ? session.syncBudget : session.budget).take();
    if (retryAfterMs > 0) return this.#refuseOverLimit(session, retryAfterMs);
    if (!Object.hasOwn(clientEvents, name)) return this.#refuseUnknown(session);
    if (this.#isClosed) return unavailable();

    const fault = this.#parts.authenticator.faultOf(session.identity.sessionId);
    if (fault === 'UNAVAILABLE') return unavailable();
    if (fault) return edgeError(fault, authenticationMessages[fault]);

    this.#parts.onActive(session.identity.sessionId);
    const eventName = name as keyof typeof clientEvents;
    const parsed = clientEvents[eventName].payload.safeParse(payload);
    if (!parsed.success) return validationFailed(parsed.error);
    if (!isSync(name)) return this.#handled(session, eventName, parsed.data);
    if (session.syncCount >= SYNCS_AT_ONCE_MAX) {
      return edgeError('RATE_LIMITED', 'Too many at once.', { retryAfterMs: SYNC_RETRY_MS });
    }
    session.syncCount += 1;
    try {
      return await this.#handled(session, eventName, parsed.data);
    } finally {
      session.syncCount -= 1;
    }
  }

  async #handled(
    session: ClientSession,
    name: keyof typeof clientEvents,
    payload: unknown,
  ): Promise<EdgeResult> {
    try {
      // TypeScript cannot see that table[name] accepts what the schema of the same name has parsed.
      const handler = this.#parts.handlers[name] as (...args: readonly unknown[]) => Promise<EdgeResult>;
      return await handler(payload, session, randomUUID());
    } catch (error) {
      this.#parts.log.error({ err: error, event: name }, 'an event could not be answered');
      // Only looking can fail so: what a command met is an outcome, not an exception.
      if (isAway(error)) return unavailable();
      return edgeError('INTERNAL', 'Something went wrong.');
    }
  }

  #refuseUnknown(session: ClientSession): EdgeResult {
    session.unknownEventCount += 1;
    if (session.unknownEventCount > this.#parts.limits.unknownEvents) {
      session.end('error', { code: 'UNKNOWN_EVENT' });
    }
    return edgeError('UNKNOWN_EVENT', 'There is no such event.');
  }

  #refuseOverLimit(session: ClientSession, retryAfterMs: number): EdgeResult {
    session.refusedCount += 1;
    const isFlood = session.refusedCount === STRIKE_EVERY_REFUSAL_COUNT * this.#parts.limits.strikes;
    if (isFlood) void this.#sendOut(session);
    return edgeError('RATE_LIMITED', 'Too many events.', { retryAfterMs });
  }

  async #sendOut(session: ClientSession): Promise<void> {
    const retryAfterMs = await this.#parts.sendOut(session);
    session.end('error', { code: 'RATE_LIMITED', retryAfterMs });
  }
}

/** A client without acks hears the same as an event; a synchronisation comes conversation by conversation. */
function sayWithoutAck(session: ClientSession, { name, payload }: NamedEvent, result: EdgeResult): void {
  const contract: ClientEventContract | undefined = Object.hasOwn(clientEvents, name)
    ? clientEvents[name as keyof typeof clientEvents]
    : undefined;
  if (!result.ok) {
    session.say(contract?.confirmedBy?.error ?? 'error', { ...aliasesOf(payload), ...result.error });
  } else if (isSync(name)) {
    sayMissed(session, result.data as SyncPage | SyncedByCursors);
  } else if (contract?.confirmedBy) session.say(contract.confirmedBy.success, result.data);
}

function sayMissed(session: ClientSession, missed: SyncPage | SyncedByCursors): void {
  if ('token' in missed) {
    tell(session, missed);
    session.say('sync_complete', { token: missed.token, removed: [], hasMore: missed.hasMore });
    return;
  }
  for (const synced of missed.conversations) session.say('sync_messages', synced);
  session.say('sync_complete', { removed: missed.removed });
}

function isSync(name: string): boolean {
  return name === 'sync_request' || name === 'device_connect';
}

function unavailable(): EdgeResult {
  return edgeError('UNAVAILABLE', authenticationMessages.UNAVAILABLE, { retryAfterMs: UNAVAILABLE_RETRY_MS });
}

function aliasesOf(payload: unknown): object {
  if (typeof payload !== 'object' || payload === null) return {};
  const { clientMessageId } = payload as { clientMessageId?: unknown };
  return typeof clientMessageId === 'string' ? { clientMessageId: clientMessageId.slice(0, 64) } : {};
}

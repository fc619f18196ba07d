import { ACTIVE_SESSION_COUNT_MAX, type SessionId, type Timestamp, timestampOf } from '@parley/contracts';

const TELL_EVERY_MS = 10_000;
/** How many sessions are gathered at most; what is beyond is told the next time it does something. */
const GATHERED_COUNT_MAX = 20_000;

/** Tells identity of some sessions. What cannot be told is answered, never thrown. */
export type TellActivity = (sessions: { sessionId: SessionId; at: Timestamp }[]) => Promise<unknown>;

/** Gathers which sessions do something, and tells identity from time to time: for the list of one's devices. */
export class SessionActivity {
  readonly #tellOf: TellActivity;
  readonly #timer = setInterval(() => void this.#tell(), TELL_EVERY_MS);
  #activeAtMs = new Map<SessionId, number>();

  constructor(tellOf: TellActivity) {
    this.#tellOf = tellOf;
  }

  note(sessionId: SessionId): void {
    if (this.#activeAtMs.size >= GATHERED_COUNT_MAX && !this.#activeAtMs.has(sessionId)) return;
    this.#activeAtMs.set(sessionId, Date.now());
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#tell();
  }

  /** What cannot be told now is not kept: whoever goes on is told of again, and nothing else hangs on it. */
  async #tell(): Promise<void> {
    const active = [...this.#activeAtMs].map(([sessionId, atMs]) => ({ sessionId, at: timestampOf(atMs) }));
    this.#activeAtMs = new Map();
    for (let start = 0; start < active.length; start += ACTIVE_SESSION_COUNT_MAX) {
      await this.#tellOf(active.slice(start, start + ACTIVE_SESSION_COUNT_MAX));
    }
  }
}

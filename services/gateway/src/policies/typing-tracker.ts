import type { ConversationId, DeviceId, UserId } from '@parley/contracts';

/** Whoever does not say it again has stopped. */
export const TYPING_MS = 10_000;
/** So often at most it is said of one person in one conversation that they are writing. */
export const TYPING_EVERY_MS = 1_000;

interface Typist {
  /** Until when each of their devices is writing. */
  readonly devices: Map<DeviceId, number>;
  saidAtMs: number;
}

export interface Typing {
  readonly conversationId: ConversationId;
  readonly userId: UserId;
}

/** Who is writing where, as this gateway has heard. Time is handed in. */
export class TypingTracker {
  readonly #conversations = new Map<ConversationId, Map<UserId, Typist>>();

  /** Whether it is to be said: they have begun, or go on and it was not said just now. */
  start({ conversationId, userId }: Typing, deviceId: DeviceId, nowMs: number): boolean {
    const typists = this.#conversations.get(conversationId) ?? new Map<UserId, Typist>();
    this.#conversations.set(conversationId, typists);
    const typist = typists.get(userId) ?? { devices: new Map(), saidAtMs: Number.NEGATIVE_INFINITY };
    typists.set(userId, typist);
    typist.devices.set(deviceId, nowMs + TYPING_MS);
    if (nowMs - typist.saidAtMs < TYPING_EVERY_MS) return false;
    typist.saidAtMs = nowMs;
    return true;
  }

  /** Whether that was their last device: then they have stopped. */
  stop({ conversationId, userId }: Typing, deviceId: DeviceId): boolean {
    const typist = this.#conversations.get(conversationId)?.get(userId);
    if (typist?.devices.delete(deviceId) !== true || typist.devices.size > 0) return false;
    this.#forget({ conversationId, userId });
    return true;
  }

  /** They have said what they were writing, or are gone. Whether they were writing. */
  end(typing: Typing): boolean {
    const typists = this.#conversations.get(typing.conversationId);
    return typists !== undefined && typists.has(typing.userId) && this.#forget(typing);
  }

  /** Who is writing in a conversation. */
  in(conversationId: ConversationId): readonly UserId[] {
    return [...(this.#conversations.get(conversationId)?.keys() ?? [])];
  }

  /** Who has stopped by not saying it again. */
  expire(nowMs: number): readonly Typing[] {
    const stopped: Typing[] = [];
    for (const [conversationId, typists] of this.#conversations) {
      for (const [userId, { devices }] of typists) {
        for (const [deviceId, untilMs] of devices) if (untilMs <= nowMs) devices.delete(deviceId);
        if (devices.size === 0) stopped.push({ conversationId, userId });
      }
    }
    for (const typing of stopped) this.#forget(typing);
    return stopped;
  }

  #forget({ conversationId, userId }: Typing): boolean {
    const typists = this.#conversations.get(conversationId);
    typists?.delete(userId);
    if (typists?.size === 0) this.#conversations.delete(conversationId);
    return true;
  }
}

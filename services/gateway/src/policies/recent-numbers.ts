import {
  type ConversationEvent,
  type MessageEvent,
  type MessageView,
  type RecordedEvent,
  sentMessageView,
} from '@parley/contracts';
import { systemMessageOf } from '@parley/service-kit';

export type NumberedEvent = RecordedEvent<ConversationEvent | MessageEvent>;

/** How many of the last numbers a feed can tell again without asking the read model. */
const RECENT_NUMBER_COUNT_MAX = 128;

/** What a number was: a message or the line that tells of it, the change of a message, or neither. */
interface RecentNumber {
  readonly seq: number;
  readonly view: MessageView | undefined;
  readonly isChange: boolean;
}

/** The last numbers of a conversation that were passed on, without a hole. */
export class RecentNumbers {
  readonly #numbers: RecentNumber[] = [];

  note(event: NumberedEvent, seq: number): void {
    const isSent = event.type === 'message.sent';
    const view = isSent ? sentMessageView(event) : systemMessageOf(event);
    this.#numbers.push({ seq, view, isChange: !isSent && event.type.startsWith('message.') });
    if (this.#numbers.length > RECENT_NUMBER_COUNT_MAX) this.#numbers.shift();
  }

  /**
   * The messages after a number, where all numbers from there on are still here. Where one of them changed a message,
   * only the read model can tell what that is now.
   */
  messagesAfter(seq: number): readonly MessageView[] | undefined {
    const oldest = this.#numbers[0];
    if (oldest === undefined || oldest.seq > seq + 1) return undefined;
    const after = this.#numbers.filter(({ seq: number }) => number > seq);
    if (after.some(({ isChange }) => isChange)) return undefined;
    return after.flatMap(({ view }) => view ?? []);
  }
}

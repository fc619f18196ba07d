import {
  HIDDEN_COUNT_MAX,
  HIDDEN_PEOPLE_COUNT_MAX,
  type MessageId,
  type MessageView,
  type UserId,
} from '@parley/contracts';

/** More than this is not kept of one person: the last to be hidden are those that are quoted. */
const HIDDEN_PER_PERSON_MAX = 2 * HIDDEN_COUNT_MAX;

/** Who comes within so long of another is asked for with them: nothing waits for the answer. */
const GATHER_MS = 100;

export interface HiddenPorts {
  /** What people have hidden last, as the read model has it. */
  readonly ask: (userIds: readonly UserId[]) => Promise<readonly HiddenByPerson[]>;
  readonly onFault: (error: unknown, context: Readonly<Record<string, unknown>>) => void;
}

export interface HiddenByPerson {
  readonly userId: UserId;
  readonly messageIds: readonly MessageId[];
}

/**
 * What the people who are connected here have deleted for themselves, so that no live answer quotes it to them. Asked
 * of the read model when somebody comes and heard live from then on. While that is away nothing of before is known:
 * a live answer waits for no table, and its reader's client knows the same.
 */
export class HiddenMessages {
  readonly #ports: HiddenPorts;
  readonly #people = new Map<UserId, Set<MessageId>>();
  #unknown: UserId[] = [];

  constructor(ports: HiddenPorts) {
    this.#ports = ports;
  }

  /** From here on it is known what a person hides, and soon what they have hidden. */
  follow(userId: UserId): void {
    if (this.#people.has(userId)) return;
    this.#people.set(userId, new Set());
    if (this.#unknown.length === 0) setTimeout(() => this.#askForAll(), GATHER_MS);
    this.#unknown.push(userId);
  }

  forget(userId: UserId): void {
    this.#people.delete(userId);
  }

  note(userId: UserId, messageId: MessageId): void {
    const hidden = this.#people.get(userId);
    hidden?.add(messageId);
    if (hidden === undefined || hidden.size <= HIDDEN_PER_PERSON_MAX) return;
    const [oldest] = hidden;
    if (oldest !== undefined) hidden.delete(oldest);
  }

  /** Whether a message quotes something that its reader has hidden. */
  isQuotedIn({ replyTo }: Pick<MessageView, 'replyTo'>, readerId: UserId): boolean {
    if (!replyTo?.preview) return false;
    return this.#people.get(readerId)?.has(replyTo.messageId) ?? false;
  }

  #askForAll(): void {
    const unknown = this.#unknown.splice(0);
    for (let start = 0; start < unknown.length; start += HIDDEN_PEOPLE_COUNT_MAX) {
      this.#ports.ask(unknown.slice(start, start + HIDDEN_PEOPLE_COUNT_MAX)).then(
        (people) => people.forEach((one) => this.#learn(one)),
        (error: unknown) => this.#ports.onFault(error, {}),
      );
    }
  }

  #learn({ userId, messageIds }: HiddenByPerson): void {
    const hidden = this.#people.get(userId);
    for (const messageId of messageIds) hidden?.add(messageId);
  }

  /** A message as its reader may see it. */
  shownTo(readerId: UserId, message: MessageView): MessageView {
    return this.isQuotedIn(message, readerId) ? withoutQuote(message) : message;
  }
}

export function withoutQuote(message: MessageView): MessageView {
  return { ...message, replyTo: message.replyTo && { ...message.replyTo, preview: null } };
}

import type { Connection } from './connection.ts';
import { Store } from './store.ts';

/** So often it is said again while somebody goes on: three times before the server takes silence for an end. */
const SAY_EVERY_MS = 3_000;
/** A little more than the server waits, whose word of the end comes first. */
const FORGET_MS = 12_000;

export type TypingConnection = Pick<Connection, 'on' | 'onState' | 'request' | 'state'>;

/** Who is writing in one conversation: the other people in it, in the order in which they began. */
export type TypingSnapshot = readonly string[];

/** Writing in one conversation: said for the person, and shown of the others while somebody looks. */
export class ConversationTyping {
  readonly #connection: TypingConnection;
  readonly #conversationId: string;
  readonly #people = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #store = new Store<TypingSnapshot>(() => [...this.#people.keys()]);
  #observerCount = 0;
  #saidAtMs: number | undefined;

  constructor(connection: TypingConnection, conversationId: string) {
    this.#connection = connection;
    this.#conversationId = conversationId;
  }

  get getSnapshot(): () => TypingSnapshot {
    return this.#store.getSnapshot;
  }

  /** While there is a listener the server is asked to tell; with the last one that ends. */
  readonly subscribe = (listener: () => void): (() => void) => {
    const forget = this.#store.subscribe(listener);
    this.#observerCount += 1;
    if (this.#observerCount === 1) this.#say('join_conversation');
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      forget();
      this.#observerCount -= 1;
      if (this.#observerCount > 0) return;
      this.#say('leave_conversation');
      this.clear();
    };
  };

  /** The person writes: call it with every key press. */
  start(): void {
    const nowMs = Date.now();
    if (this.#saidAtMs !== undefined && nowMs - this.#saidAtMs < SAY_EVERY_MS) return;
    this.#saidAtMs = nowMs;
    this.#say('typing_start');
  }

  /** The person has taken back what they were writing. */
  stop(): void {
    if (this.#saidAtMs === undefined) return;
    this.#saidAtMs = undefined;
    this.#say('typing_stop');
  }

  /** A message goes out: everybody who gets it knows. */
  sent(): void {
    this.#saidAtMs = undefined;
  }

  began(userId: string): void {
    clearTimeout(this.#people.get(userId));
    const timer = setTimeout(() => this.ended(userId), FORGET_MS);
    const isNew = !this.#people.has(userId);
    this.#people.set(userId, timer);
    if (isNew) this.#store.changed();
  }

  ended(userId: string): void {
    clearTimeout(this.#people.get(userId));
    if (this.#people.delete(userId)) this.#store.changed();
  }

  clear(): void {
    for (const userId of this.#people.keys()) this.ended(userId);
  }

  /** There is a new connection, which knows nothing of what is looked at. */
  connected(): void {
    if (this.#observerCount > 0) this.#say('join_conversation');
  }

  /** Nothing of this is worth a second try: the next word says it again. */
  #say(event: 'typing_start' | 'typing_stop' | 'join_conversation' | 'leave_conversation'): void {
    if (this.#connection.state !== 'connected') return;
    this.#connection.request(event, { conversationId: this.#conversationId }).catch(() => undefined);
  }
}

/** The same for all conversations of one connection. */
export class Typing {
  readonly #connection: TypingConnection;
  readonly #conversations = new Map<string, ConversationTyping>();

  constructor(connection: TypingConnection) {
    this.#connection = connection;
    connection.on('user_typing', ({ conversationId, userId }) =>
      this.#conversations.get(conversationId)?.began(userId),
    );
    connection.on('user_stopped_typing', ({ conversationId, userId }) =>
      this.#conversations.get(conversationId)?.ended(userId),
    );
    connection.on('conversation_removed', ({ conversationId }) => {
      this.#conversations.get(conversationId)?.clear();
      this.#conversations.delete(conversationId);
    });
    connection.onState((state) => {
      for (const typing of this.#conversations.values()) {
        if (state === 'connected') typing.connected();
        else typing.clear();
      }
    });
  }

  in(conversationId: string): ConversationTyping {
    const known = this.#conversations.get(conversationId);
    if (known) return known;
    const typing = new ConversationTyping(this.#connection, conversationId);
    this.#conversations.set(conversationId, typing);
    return typing;
  }
}

import { Chat, type OutboxChange } from '@parley/client';
import { isSystemMessage, type MessageView, wordsOf } from '@parley/contracts';
import type { Line } from '@parley/testing/line';

import type { Announced, DeviceView, Message, Send, SendOutcome } from './history.ts';

export interface Account {
  readonly username: string;
  readonly password: string;
  readonly displayName: string;
}

/** Where a device finds its gateway: an address, or a line to it that may be cut. */
export type Wire = Pick<Line, 'url'> & Partial<Pick<Line, 'cut' | 'mend'>>;

interface Place {
  readonly conversationId: string;
  readonly seq: number;
}

/** One device of one person, as its user has it: the SDK, and a record of everything that it was told. */
export class Device {
  readonly name: string;
  readonly chat: Chat;
  readonly #wire: Wire;
  readonly #sends = new Map<string, Send>();
  readonly #deliveries: Place[] = [];
  readonly #announced: Announced[] = [];
  /** How often each conversation was lost. */
  readonly #stays = new Map<string, number>();

  private constructor(name: string, wire: Wire) {
    this.name = name;
    this.#wire = wire;
    this.chat = new Chat({ url: wire.url, transports: ['websocket'] });
    this.chat.on('outbox', (change) => this.#record(change));
    this.chat.on('message', ({ message: { conversationId, seq } }) => {
      this.#announced.push({ conversationId, seq, stay: this.#stays.get(conversationId) ?? 0 });
    });
    this.chat.on('removed', ({ conversationId }) => {
      this.#stays.set(conversationId, (this.#stays.get(conversationId) ?? 0) + 1);
    });
  }

  static async register(wire: Wire, account: Account): Promise<Device> {
    const device = new Device(`${account.displayName}'s first device`, wire);
    await device.chat.register(account);
    device.#listen();
    return device;
  }

  static async signIn(wire: Wire, account: Account): Promise<Device> {
    const device = new Device(`${account.displayName}'s second device`, wire);
    await device.chat.signIn({ username: account.username, password: account.password });
    device.#listen();
    return device;
  }

  get userId(): string {
    const { tokens } = this.chat;
    if (tokens === undefined) throw new Error(`${this.name} is not signed in`);
    return tokens.userId;
  }

  get isConnected(): boolean {
    return this.chat.connection.state === 'connected';
  }

  get sends(): readonly Send[] {
    return [...this.#sends.values()];
  }

  /** Says it, unless the person is not in that conversation at the moment. */
  say(conversationId: string, text: string): void {
    this.chat.conversation(conversationId)?.send(text);
  }

  /** Its connection breaks, and it gets no other until {@link mend}. */
  cut(): void {
    this.#wire.cut?.();
  }

  mend(): void {
    this.#wire.mend?.();
    this.chat.connection.retryNow();
  }

  /** How far it has come in a conversation; -1 when it does not have it. */
  cursorIn(conversationId: string): number {
    return this.chat.conversation(conversationId)?.state.view.cursor ?? -1;
  }

  view(): DeviceView {
    const conversations = this.chat.conversations().flatMap(({ conversationId }) => {
      const view = this.chat.conversation(conversationId)?.state.view;
      return view === undefined
        ? []
        : [
            {
              conversationId,
              floor: view.floor,
              messages: view.messages.filter((message) => !isSystemMessage(message)).map(messageOf),
            },
          ];
    });
    const { name, userId } = this;
    return { device: name, userId, deliveries: this.#deliveries, announced: this.#announced, conversations };
  }

  #listen(): void {
    this.chat.connection.on('new_message', ({ message }) => {
      this.#deliveries.push({ conversationId: message.conversationId, seq: message.seq });
    });
  }

  #record(change: OutboxChange): void {
    const { localId, conversationId, clientMessageId, content } = change.item;
    const known = this.#sends.get(localId);
    this.#sends.set(localId, {
      device: this.name,
      userId: this.userId,
      conversationId,
      clientMessageId,
      text: wordsOf(content),
      submittedAtMs: known?.submittedAtMs ?? performance.now(),
      outcome: outcomeOf(change),
    });
  }
}

export function messageOf(view: MessageView): Message {
  const { conversationId, seq, messageId, senderId, clientMessageId, content } = view;
  return { conversationId, seq, messageId, senderId, clientMessageId, text: wordsOf(content) };
}

function outcomeOf(change: OutboxChange): SendOutcome {
  const atMs = performance.now();
  if (change.state === 'sent') {
    const { message } = change.sent;
    return { kind: 'ok', messageId: message.messageId, seq: message.seq, atMs };
  }
  return change.state === 'failed' ? { kind: 'refused', code: change.error.code, atMs } : { kind: 'unknown' };
}

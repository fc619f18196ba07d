import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';

import { vi } from 'vitest';

import { Chat } from '../src/chat.ts';
import type { ConversationSnapshot } from '../src/conversation-snapshot.ts';
import type { Conversation } from '../src/conversation.ts';
import { memoryOutboxStorage } from '../src/outbox-storage.ts';
import { an } from './simulated-room.ts';
import type { SimulatedNetwork } from './simulated-network.ts';

const STATUSES = ['sending', 'sent', 'delivered', 'read'];

interface Watched {
  snapshot: ConversationSnapshot;
  hasHeard: boolean;
}

/** One device of An, over several lives of its process: the whole SDK, and everything that it has shown. */
export class SimulatedDevice {
  readonly network: SimulatedNetwork;
  readonly #storage = memoryOutboxStorage();
  /** What was said from here, by conversation, in order. */
  readonly said = new Map<string, string[]>();
  chat: Chat;
  /** Of this life: how far it was told of each conversation, what it showed, how far each message had come. */
  #told = new Map<string, number>();
  #statuses = new Map<string, string>();
  #watched = new Map<Conversation, Watched>();
  #textCount = 0;

  constructor(network: SimulatedNetwork) {
    this.network = network;
    vi.stubGlobal('fetch', network.fetch);
    this.chat = this.#start();
  }

  says(conversationId: string): void {
    const conversation = this.chat.conversation(conversationId);
    if (conversation === undefined) return;
    this.#textCount += 1;
    const text = `from here ${this.#textCount}`;
    this.said.set(conversationId, [...(this.said.get(conversationId) ?? []), text]);
    strictEqual(conversation.send(text).status, 'sending');
  }

  restarts(): void {
    this.chat.close();
    this.#told = new Map();
    this.#statuses = new Map();
    this.#watched = new Map();
    this.chat = this.#start();
  }

  conversations(): readonly Conversation[] {
    return [...this.network.server.rooms.keys()].flatMap((id) => this.chat.conversation(id) ?? []);
  }

  /** At every moment. */
  holds(): void {
    for (const conversation of this.conversations()) {
      this.#holdsTheLog(conversation);
      this.#holdsOwn(conversation);
      this.#holdsSnapshots(conversation);
    }
  }

  /** Once everything has come: what the log says is what is shown. */
  showsTheLog(): void {
    strictEqual(this.conversations().length, this.network.server.rooms.size);
    for (const conversation of this.conversations()) {
      const { view, unreadCount, readPositions } = conversation.state;
      const room = this.network.server.room(conversation.conversationId);
      strictEqual(view.cursor, room.head);
      const rows = room.rowsAt(room.head);
      deepStrictEqual(
        view.messages,
        rows.filter(({ seq }) => seq >= view.floor),
      );
      strictEqual(unreadCount, room.unreadOf(an, room.head));
      for (const [userId, seq] of conversation.isOpen ? room.reads : []) {
        strictEqual(readPositions.get(userId), seq);
      }
      const said = this.said.get(conversation.conversationId) ?? [];
      const texts = room.firstTexts.filter((text) => text.startsWith('from here'));
      deepStrictEqual(texts, said);
    }
  }

  #start(): Chat {
    const chat = new Chat({
      url: ['http://one', 'http://other'],
      token: 'token',
      openWire: this.network.wires.open,
      outboxStorage: this.#storage,
    });
    const told = this.#told;
    for (const kind of ['message', 'system'] as const) {
      chat.on(kind, ({ message, conversation }) => {
        const { conversationId } = conversation;
        ok(message.seq > (told.get(conversationId) ?? 0), `told of ${message.seq} out of order`);
        ok(message.seq <= conversation.state.view.cursor, `told of ${message.seq} above a hole`);
        told.set(conversationId, message.seq);
      });
    }
    // It goes on trying when the first list does not come in time.
    chat.connect().catch(() => undefined);
    return chat;
  }

  #holdsTheLog({ conversationId, state: { view } }: Conversation): void {
    const room = this.network.server.room(conversationId);
    const log = room.rowsAt(room.head).filter(({ seq }) => seq >= view.floor && seq <= view.cursor);
    deepStrictEqual(
      view.messages.map(({ seq }) => seq),
      log.map(({ seq }) => seq),
    );
  }

  #holdsOwn(conversation: Conversation): void {
    const { conversationId } = conversation;
    const { messages } = conversation.getSnapshot();
    const keys = messages.map(({ key }) => key);
    strictEqual(new Set(keys).size, keys.length, 'shown twice');
    for (const { key, isOwn, status } of messages) {
      if (!isOwn) continue;
      const before = STATUSES.indexOf(this.#statuses.get(key) ?? 'sending');
      ok(STATUSES.indexOf(status) >= before, `${key} is ${status} after ${this.#statuses.get(key)}`);
      this.#statuses.set(key, status);
    }
    const room = this.network.server.room(conversationId);
    const unsent = (this.said.get(conversationId) ?? []).filter((text) => !room.firstTexts.includes(text));
    const shown = new Set(messages.map(({ text }) => text));
    deepStrictEqual(
      unsent.filter((text) => !shown.has(text)),
      [],
      'said and not shown',
    );
  }

  #holdsSnapshots(conversation: Conversation): void {
    const snapshot = conversation.getSnapshot();
    strictEqual(conversation.getSnapshot(), snapshot);
    const watched = this.#watched.get(conversation);
    if (watched === undefined) {
      const fresh: Watched = { snapshot, hasHeard: false };
      this.#watched.set(conversation, fresh);
      conversation.subscribe(() => (fresh.hasHeard = true));
      return;
    }
    if (!watched.hasHeard) strictEqual(snapshot, watched.snapshot, 'changed, and nobody was told');
    Object.assign(watched, { snapshot, hasHeard: false });
  }
}

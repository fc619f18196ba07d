import type { MutedUntil } from '@parley/contracts';

import { refusedHere } from './api-error.ts';
import type { Api } from './api.ts';
import type { ChatMessage, MessageStatus } from './chat-message.ts';
import type { Connection } from './connection.ts';
import { contentOf, type Sayable } from './content.ts';
import { ConversationLoader } from './conversation-loader.ts';
import type { ConversationState } from './conversation-state.ts';
import type { ConversationSnapshot } from './conversation-snapshot.ts';
import type { Applied } from './conversation-view.ts';
import { Group } from './group.ts';
import { MessageActs } from './message-acts.ts';
import { type ForwardableMessage, messageIdOf, type MessageNamed } from './message-named.ts';
import type { Said } from './outbox-storage.ts';
import type { Outbox } from './outbox.ts';
import { type DraftToSave, OwnViewActs } from './own-view-acts.ts';
import type { People } from './people.ts';
import { ReadTeller } from './read-teller.ts';
import { Store } from './store.ts';
import { Thread } from './thread.ts';
import type { ConversationTyping, Typing } from './typing.ts';

const HOLE_GRACE_MS = 1_000;

/** What a conversation stands on. */
export interface ConversationHost {
  /** Takes what is there: what is missing comes live. */
  readonly api: Api;
  /** Its answers include what was written through it. */
  readonly strict: Api;
  readonly connection: Pick<Connection, 'request' | 'state'>;
  readonly outbox: Outbox;
  readonly people: People;
  readonly typing: Typing;
  /** There is a hole: bring it up to date. */
  readonly wantSync: (conversationId: string) => void;
  readonly onApplied: (conversation: Conversation, applied: Applied) => void;
  readonly onChanged: () => void;
}

/**
 * One conversation: look at it with `subscribe` and `getSnapshot`, act with the rest. What is said goes through the
 * outbox; how the person keeps it shows at once; what is done to messages shows when everybody hears of it.
 */
export class Conversation extends MessageActs {
  readonly #host: ConversationHost;
  readonly #state: ConversationState;
  readonly #store: Store<ConversationSnapshot>;
  readonly #loader: ConversationLoader;
  readonly #reading: ReadTeller;
  readonly #ownView: OwnViewActs;
  #isOpen = false;
  #isRemoved = false;

  constructor(host: ConversationHost, state: ConversationState) {
    super({ conversationId: state.listed.conversationId, api: host.strict, connection: host.connection });
    this.#host = host;
    this.#state = state;
    this.#store = new Store(() => this.#snapshot());
    const { api, people, connection } = host;
    this.#loader = new ConversationLoader({
      api,
      people,
      state,
      onChanged: (applied) => this.changed(applied),
    });
    this.#reading = new ReadTeller(connection, this.conversationId);
    this.#ownView = new OwnViewActs({
      conversationId: this.conversationId,
      api: host.strict,
      kept: state.kept,
      headSeq: () => state.view.cursor,
      onChanged: () => this.changed(),
    });
    host.people.learn(state.listed.members);
  }

  get subscribe(): (listener: () => void) => () => void {
    return this.#store.subscribe;
  }

  get getSnapshot(): () => ConversationSnapshot {
    return this.#store.getSnapshot;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Who is writing here: a store of ids, told by the server while somebody listens to it. */
  get typingPeople(): Pick<ConversationTyping, 'subscribe' | 'getSnapshot'> {
    return this.#host.typing.in(this.conversationId);
  }

  /** The person writes: call it with every key press. It ends by itself, and with a message. */
  typing(): void {
    this.#host.typing.in(this.conversationId).start();
  }

  /** The person has taken back what they were writing. */
  stopTyping(): void {
    this.#host.typing.in(this.conversationId).stop();
  }

  /** What only a group has: people who come and go, roles, rules and invites. */
  get group(): Group {
    return new Group(this.#host.strict, this.conversationId);
  }

  /** The inside, for the parts of the client that feed it. */
  get state(): ConversationState {
    return this.#state;
  }

  /** How far the person has read, as the server hears it. */
  get reading(): ReadTeller {
    return this.#reading;
  }

  /** Loads the newest page, how far everybody has read, and who is here. Live events come without it. */
  async open(): Promise<void> {
    const loader = this.#loader;
    await Promise.all([loader.loadNewest(), loader.loadReadPositions(), loader.loadMembers()]);
    this.#isOpen = true;
    this.changed();
  }

  /** Says it. Returns the message at once; its status moves as the server answers, however long that takes. */
  send(said: Sayable): ChatMessage {
    return this.#say({ content: contentOf(said) });
  }

  /** Says it as an answer to a message of this conversation. */
  reply(to: MessageNamed, said: Sayable): ChatMessage {
    return this.#say({ content: contentOf(said), replyToId: messageIdOf(to) });
  }

  /** Says a message of this conversation again in another one, where it is on its way from now on. */
  forward(message: ForwardableMessage, to: Conversation): ChatMessage {
    const messageId = messageIdOf(message);
    if (message.content === null) throw refusedHere('message-deleted', 'The message was deleted.');
    const originId = message.forwardedFrom?.messageId ?? messageId;
    return to.#say({ content: message.content, forwardOf: { messageId, originId } });
  }

  /** The answers to a message, live; `loadMore` brings the first of them. */
  thread(root: MessageNamed): Thread {
    return new Thread({
      rootId: messageIdOf(root),
      // The message may be as new as the tables are old.
      api: this.#host.strict,
      people: this.#host.people,
      state: this.#state,
      subscribe: this.subscribe,
    });
  }

  /** Where a message stands now. */
  statusOf(key: string): MessageStatus | undefined {
    return this.#store.getSnapshot().messages.find((message) => message.key === key)?.status;
  }

  /** Whether there may be more. */
  loadOlder(): Promise<boolean> {
    return this.#loader.loadOlder();
  }

  /** Marks as read up to the newest message, or up to this number. Told to the server now or when it is back. */
  markRead(upToSeq = this.#state.view.lastSaid?.seq ?? this.#state.listed.lastMessage?.seq ?? 0): void {
    const wasMarked = this.#state.kept.read();
    if (upToSeq <= this.#state.readUpToSeq) {
      if (wasMarked) this.#unmark();
      return;
    }
    // A mark that is still on its way could come in after what was read.
    if (wasMarked && this.#ownView.isAsking('isMarkedUnread')) this.#unmark();
    this.#state.takeRead(this.#state.myId, upToSeq);
    this.changed();
    this.#reading.want(upToSeq);
  }

  archive(): Promise<void> {
    return this.#ownView.want({ part: 'isArchived', value: true });
  }

  unarchive(): Promise<void> {
    return this.#ownView.want({ part: 'isArchived', value: false });
  }

  /** Until a time, or until it is unmuted. */
  mute(until?: Date): Promise<void> {
    const value = until === undefined ? 'forever' : (until.toISOString() as MutedUntil);
    return this.#ownView.want({ part: 'mutedUntil', value });
  }

  unmute(): Promise<void> {
    return this.#ownView.want({ part: 'mutedUntil', value: null });
  }

  /** Keeps it above all others in the person's list. */
  pinToTop(): Promise<void> {
    return this.#ownView.want({ part: 'isPinned', value: true });
  }

  unpinFromTop(): Promise<void> {
    return this.#ownView.want({ part: 'isPinned', value: false });
  }

  /** A sign on it that stands until the person reads there again. */
  markUnread(): Promise<void> {
    return this.#ownView.want({ part: 'isMarkedUnread', value: true });
  }

  /** Keeps what was begun to be written, for all own devices; null forgets it, and so does sending. */
  saveDraft(draft: string | DraftToSave | null): Promise<void> {
    return this.#ownView.saveDraft(typeof draft === 'string' ? { text: draft } : draft);
  }

  /** There was nothing new to read, so nothing else says that the person has been here. */
  #unmark(): void {
    this.#ownView.want({ part: 'isMarkedUnread', value: false }).catch(() => undefined);
  }

  loadReadPositions(): Promise<void> {
    return this.#loader.loadReadPositions();
  }

  /** Reads the conversation again until the answer knows what this device knows. */
  refresh(): Promise<void> {
    return this.#loader.refresh({ withMembers: this.#isOpen });
  }

  /** What was read by answering it is told to the others as any reading is, by the device that has answered. */
  hasAnswered(seq: number): void {
    if (this.#state.answeredAt === seq) this.#reading.want(seq);
  }

  removed(): void {
    this.#isRemoved = true;
    this.changed();
  }

  /**
   * The same for the answer to an own send, which may overtake the live events before it: only after a while is
   * that taken for a hole.
   */
  answered(applied: Applied): void {
    if (this.#state.view.isIncomplete) setTimeout(() => this.#fillHole(), HOLE_GRACE_MS);
    this.#tell(applied);
  }

  /** Tells whoever looks, and asks for what the change has shown to be missing. */
  changed(applied?: Applied): void {
    this.#fillHole();
    this.#tell(applied);
  }

  #fillHole(): void {
    if (this.#state.view.isIncomplete) this.#host.wantSync(this.conversationId);
  }

  #tell(applied: Applied | undefined): void {
    // First, so that whoever hears of a message finds it in the snapshot.
    this.#store.changed();
    this.#host.onChanged();
    if (applied?.membersMissed === true) void this.refresh();
    if (applied !== undefined) this.#host.onApplied(this, applied);
  }

  #say(said: Said): ChatMessage {
    this.#host.typing.in(this.conversationId).sent();
    const item = this.#host.outbox.add(this.conversationId, { ...said, senderId: this.#state.myId });
    return this.#required(item.clientMessageId);
  }

  #required(clientMessageId: string): ChatMessage {
    const message = this.#store.getSnapshot().messages.findLast(({ key }) => key === clientMessageId);
    if (message === undefined) throw new Error('A message that was just added is not shown.');
    return message;
  }

  #snapshot(): ConversationSnapshot {
    return {
      ...this.#state.summary(),
      messages: this.#state.messages(),
      hasOlder: this.#state.view.floor > 1,
      isOpen: this.#isOpen,
      isRemoved: this.#isRemoved,
      readPositions: new Map(this.#state.readPositions),
      deliveredPositions: new Map(this.#state.deliveredPositions),
      members: this.#state.members,
    };
  }
}

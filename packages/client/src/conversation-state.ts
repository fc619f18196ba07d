import {
  type ConversationView as ListedConversation,
  isSystemMessage,
  type MessageView,
  type Role,
  type SyncedConversation,
  withSettings,
} from '@parley/contracts';

import type { ChatMessage } from './chat-message.ts';
import { ConversationMembers } from './conversation-members.ts';
import type { ConversationSummary } from './conversation-summary.ts';
import { type Applied, ConversationView } from './conversation-view.ts';
import { KeptConversation } from './kept-conversation.ts';
import { type MessageChange, withChange } from './message-change.ts';
import type { NumberedEvent } from './numbered-event.ts';
import type { OutboxChange } from './outbox.ts';
import { Positions } from './positions.ts';
import { ShownMessages } from './shown-messages.ts';

/**
 * How much of a conversation that was joined just now is read as news. In one with more, the conversation starts at
 * its end, as one that was joined long ago does.
 */
export const NEWS_COUNT_MAX = 200;

type Synced = Pick<SyncedConversation, 'messages' | 'changed' | 'upToSeq'>;
type RolesChanged = Extract<NumberedEvent, { readonly kind: 'role' }>['changed'];
type Updated = Extract<NumberedEvent, { readonly kind: 'updated' }>['updated'];

/** All that this device knows of one conversation, and what follows from it. Told everything, asks for nothing. */
export class ConversationState {
  readonly myId: string;
  readonly view: ConversationView;
  readonly #positions: Positions;
  #answeredAt = 0;
  readonly #shown: ShownMessages;
  #listed: ListedConversation;
  readonly #kept: KeptConversation;
  readonly #members: ConversationMembers;

  /**
   * From where on it is to be known. `news`: joined since this device last looked, so what was said since then has yet
   * to be told; a number: what came up to it was told before.
   */
  constructor(listed: ListedConversation, myId: string, from: 'end' | 'news' | number = 'end') {
    this.myId = myId;
    this.#positions = new Positions(myId);
    this.#shown = new ShownMessages(myId);
    this.#listed = listed;
    this.#kept = new KeptConversation(listed);
    const newsAfter = Math.max(listed.readUpToSeq, this.#joinedSeq);
    const isShort = listed.lastSeq - newsAfter <= NEWS_COUNT_MAX;
    const knownUpTo = from === 'news' && isShort ? newsAfter : listed.lastSeq;
    this.view = new ConversationView(typeof from === 'number' ? from : knownUpTo);
    this.view.expect(listed.lastSeq);
    this.#members = new ConversationMembers(listed.memberCount);
    this.takeRead(myId, listed.readUpToSeq);
  }

  get listed(): ListedConversation {
    return this.#listed;
  }

  /** Who is in it, once that has been asked for. */
  get members(): ReadonlyMap<string, Role> | undefined {
    return this.#members.roles;
  }

  get readPositions(): ReadonlyMap<string, number> {
    return this.#positions.reads;
  }

  get deliveredPositions(): ReadonlyMap<string, number> {
    return this.#positions.deliveries;
  }

  get readUpToSeq(): number {
    return this.#positions.reads.get(this.myId) ?? 0;
  }

  /** How the person keeps it. */
  get kept(): KeptConversation {
    return this.#kept;
  }

  /** The number of the own message that last passed over something unread. */
  get answeredAt(): number {
    return this.#answeredAt;
  }

  takeListed(listed: ListedConversation): void {
    this.#kept.take(listed);
    // An answer from before what is known already would turn the clock back.
    if (listed.lastSeq < this.#listed.lastSeq) return;
    this.#listed = listed;
    if (listed.lastSeq >= this.view.cursor) this.#members.takeCount(listed.memberCount);
    this.view.expect(listed.lastSeq);
    this.takeRead(this.myId, listed.readUpToSeq);
  }

  takeMembers(members: ReadonlyMap<string, Role>): void {
    this.#members.takeAll(members);
  }

  takeEvent(event: NumberedEvent): Applied {
    return this.#withMembers(this.view.apply(event));
  }

  takeSynced(synced: Synced, askedFrom: number): Applied {
    for (const message of synced.changed) this.#takePreview(message);
    return this.#withMembers(this.view.complete(synced, askedFrom));
  }

  takeNewest(page: readonly MessageView[], isStart: boolean, upToSeq?: number): Applied {
    const { cursor } = this.view;
    const applied = this.view.startFrom(page, isStart, upToSeq);
    // What lies between was not heard.
    if (this.view.cursor > cursor) this.#members.hasMissed();
    return this.#withMembers(applied);
  }

  /** The person has deleted it for themselves. Whether it was here. */
  hide(messageId: string): boolean {
    const { lastMessage } = this.#listed;
    const isLast = lastMessage?.messageId === messageId;
    if (isLast) this.#listed = { ...this.#listed, lastMessage: null };
    return this.view.hide(messageId) || isLast;
  }

  /** Whether it moved: positions only go forward, however their events come in. */
  takeRead(userId: string, upToSeq: number): boolean {
    return this.#positions.takeRead(userId, upToSeq);
  }

  takeDelivered(userId: string, upToSeq: number): boolean {
    return this.#positions.takeDelivered(userId, upToSeq);
  }

  takeOutbox(change: OutboxChange): Applied {
    this.#shown.takeOutbox(change, this.view.cursor);
    if (change.state !== 'sent') return { events: [], membersMissed: false };
    const { message } = change.sent;
    this.#takeAnswer(message.seq);
    return this.takeEvent({ kind: 'message', seq: message.seq, message });
  }

  /** What others have said since the person joined and read. */
  get unreadCount(): number {
    return this.#countUnread(this.#listed.unreadCount, () => true);
  }

  /** What of that calls the person. */
  get mentionCount(): number {
    return this.#countUnread(this.#listed.mentionCount, ({ mentions }) =>
      mentions.some((called) => called === this.myId || called === 'all'),
    );
  }

  summary(): ConversationSummary {
    const { conversationId, kind, name, members, lastActivityAt } = this.#listed;
    const other = members.find(({ userId }) => userId !== this.myId);
    const newest = this.view.lastSaid;
    const listedLast = this.#listed.lastMessage ?? undefined;
    const lastMessage = (newest?.seq ?? 0) >= (listedLast?.seq ?? 0) ? newest : listedLast;
    const messageAt = lastMessage?.sentAt ?? '';
    return {
      conversationId,
      kind,
      title: name ?? other?.displayName ?? conversationId,
      memberCount: this.#members.count,
      unreadCount: this.unreadCount,
      mentionCount: this.mentionCount,
      lastMessage,
      lastActivityAt: messageAt > lastActivityAt ? messageAt : lastActivityAt,
      ...this.#kept.view(this.#ownLastSeq),
    };
  }

  /** In the order of the conversation, then what is stored but stands above a hole, then what is on its way. */
  messages(): readonly ChatMessage[] {
    return this.#shown.list(this.view, this.#positions.ticks());
  }

  /** Messages of this conversation that were read apart from its view, as a screen shows them. */
  shown(messages: readonly MessageView[]): readonly ChatMessage[] {
    const tickOf = this.#positions.ticks();
    return messages.map((message) => this.#shown.show(message, tickOf(message.seq)));
  }

  /** Those that count here, and those that the server counted of what is not here. */
  #countUnread(listedCount: number, counts: (message: MessageView) => boolean): number {
    const after = Math.max(this.readUpToSeq, this.#joinedSeq);
    const { lastSeq, lastMessage } = this.#listed;
    const countAfter = (bound: number) =>
      this.view.messages.filter((message) => {
        const isOfOthers = message.senderId !== this.myId && !isSystemMessage(message);
        return message.seq > bound && isOfOthers && message.deletedAt === null && counts(message);
      }).length;
    if (after >= this.view.floor - 1 && !this.view.isIncomplete) return countAfter(after);
    // Not all unread ones are here: the server counted those up to the number that it listed. Lines come after the last that is said.
    const isAllRead = after >= Math.min(lastSeq, lastMessage?.seq ?? lastSeq);
    return (isAllRead ? 0 : listedCount) + countAfter(Math.max(after, lastSeq));
  }

  get #ownLastSeq(): number {
    const own = this.view.messages.findLast((message) => {
      return message.senderId === this.myId && !isSystemMessage(message);
    });
    return own?.seq ?? 0;
  }

  get #joinedSeq(): number {
    return this.#listed.members.find(({ userId }) => userId === this.myId)?.joinedSeq ?? 0;
  }

  /** Who answers has read what was said before. */
  #takeAnswer(seq: number): void {
    if (seq > this.readUpToSeq + 1) this.#answeredAt = seq;
    this.takeRead(this.myId, seq);
  }

  #withMembers(applied: Applied): Applied {
    if (applied.membersMissed) this.#members.hasMissed();
    let isRecountNeeded = false;
    for (const event of applied.events) {
      if (event.kind === 'message') {
        if (event.message.senderId === this.myId) this.#takeAnswer(event.seq);
      } else if (event.kind === 'changed') isRecountNeeded ||= this.#takeChange(event.change);
      else if (event.kind === 'system') continue;
      else if (event.kind === 'updated') this.#takeUpdate(event.updated);
      else if (event.kind === 'role') this.#takeRoles(event.changed);
      else this.#takeMembership(event);
    }
    return isRecountNeeded ? { ...applied, membersMissed: true } : applied;
  }

  #takeUpdate({ seq, name, description, avatarFileId, settings }: Updated): void {
    // What the list said already includes everything up to its own number.
    if (seq <= this.#listed.lastSeq) return;
    this.#listed = {
      ...this.#listed,
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(avatarFileId === undefined ? {} : { avatarFileId }),
      settings: withSettings(this.#listed.settings, settings ?? {}),
    };
  }

  #takeRoles({ seq, members }: RolesChanged): void {
    const own = members.find(({ userId }) => userId === this.myId);
    if (own !== undefined && seq > this.#listed.lastSeq) {
      this.#listed = { ...this.#listed, ownRole: own.role };
    }
    this.#members.takeRoles(members);
  }

  /** Whether only the server can tell how many are unread now. */
  #takeChange(change: MessageChange): boolean {
    const { messageId, messageSeq } = change.event;
    const { lastMessage, lastSeq } = this.#listed;
    if (lastMessage?.messageId === messageId) {
      const message = { ...lastMessage, reactions: [], isPinned: false, changedSeq: 0 };
      this.#takePreview(withChange(message, change));
    }
    const isCountedThere = messageSeq > this.readUpToSeq && messageSeq <= lastSeq;
    return change.type === 'deleted' && isCountedThere && messageSeq < this.view.floor;
  }

  #takePreview(message: MessageView): void {
    if (this.#listed.lastMessage?.messageId !== message.messageId) return;
    this.#listed = { ...this.#listed, lastMessage: message };
  }

  #takeMembership(event: Extract<NumberedEvent, { kind: 'joined' | 'left' }>): void {
    // What the list said already counts everything up to its own number.
    const isCounted = event.seq <= this.#listed.lastSeq;
    if (event.kind === 'joined') this.#members.joined(event.joined.members, isCounted);
    else this.#members.left(event.left.userId, isCounted);
  }
}

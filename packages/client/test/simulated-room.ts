import type { ConversationView, MessageView, ServerEventName } from '@parley/contracts';

export const an = 'usr_an';
export const binh = 'usr_binh';

/** How many rows one answer holds: few, so that a short log takes several. */
const ROW_COUNT_MAX = 4;
/** From so many missed rows on a token is answered by the newest ones alone. */
const SNAPSHOT_FROM = 9;
export const AT = '2026-11-21T12:00:00.000Z';

/** Something that is in the log: what it makes of the rows, and how it is told. */
interface Entry {
  readonly change: (rows: Map<number, MessageView>) => void;
  readonly event: readonly [ServerEventName, object];
}

/** One conversation: its log, and what follows from it. */
export class Room {
  readonly id: string;
  readonly log: Entry[] = [];
  /** What was said, as it was said first. */
  readonly firstTexts: string[] = [];
  readonly reads = new Map<string, number>();
  readonly deliveries = new Map<string, number>();
  /** How far the tables have come that lists and pages are read from; sync is always at the head. */
  tablesAt = 0;
  #name = 'Hà Nội';
  readonly #folds = new Map<number, readonly MessageView[]>();

  constructor(id: string) {
    this.id = id;
    this.updates('Hà Nội');
    this.tablesAt = this.head;
  }

  get head(): number {
    return this.log.length;
  }

  /** What readers see as of a number, by the log alone. */
  rowsAt(upTo: number): readonly MessageView[] {
    const known = this.#folds.get(upTo);
    if (known !== undefined) return known;
    const rows = new Map<number, MessageView>();
    for (const { change } of this.log.slice(0, upTo)) change(rows);
    const fold = [...rows.values()].toSorted((one, other) => one.seq - other.seq);
    this.#folds.set(upTo, fold);
    return fold;
  }

  says(senderId: string, clientMessageId: string, text: string): MessageView {
    const message = this.#row(senderId, { clientMessageId, content: { type: 'text', text } });
    const { seq } = message;
    this.firstTexts.push(text);
    this.log.push({
      change: (rows) => rows.set(seq, message),
      event: ['new_message', { message, clientMessageId }],
    });
    // Who answers has read what was said before.
    this.reads.set(senderId, seq);
    return message;
  }

  /** One of the messages that are still there, changed by its author. */
  changes(which: number, to: string | undefined): void {
    const said = this.rowsAt(this.head).filter(({ content }) => content?.type === 'text');
    const message = said[which % Math.max(1, said.length)];
    if (message === undefined) return;
    const seq = this.head + 1;
    const { messageId, seq: messageSeq, senderId } = message;
    const about = { conversationId: this.id, seq, at: AT, messageId, messageSeq };
    const content = { type: 'text', text: to };
    const now =
      to === undefined
        ? { content: null, deletedAt: AT, deletedBy: senderId, isEdited: false, editedAt: null }
        : { content, isEdited: true, editedAt: AT };
    this.log.push({
      change: (rows) => {
        const before = rows.get(messageSeq);
        if (before !== undefined) rows.set(messageSeq, { ...before, ...now, changedSeq: seq } as MessageView);
      },
      event:
        to === undefined
          ? ['message_deleted', { ...about, scope: 'everyone', deletedBy: senderId }]
          : ['message_edited', { ...about, content, editedAt: AT }],
    });
  }

  updates(name: string): void {
    this.#name = name;
    const content = { type: 'system', template: 'renamed', variables: { name, by: binh } };
    const line = this.#row(binh, { clientMessageId: `line-${this.head + 1}`, content });
    const { seq } = line;
    const event = { conversationId: this.id, seq, at: AT, updatedBy: binh, name, systemMessage: line };
    this.log.push({ change: (rows) => rows.set(seq, line), event: ['conversation_updated', event] });
  }

  /** What became of it after a number, page by page along the places where it stands. */
  after(afterSeq: number) {
    const placed = this.rowsAt(this.head)
      .map((row) => ({ row, place: row.seq > afterSeq ? row.seq : row.changedSeq }))
      .filter(({ place }) => place > afterSeq)
      .toSorted((one, other) => one.place - other.place);
    const page = placed.slice(0, ROW_COUNT_MAX);
    const hasMore = placed.length > page.length;
    return {
      conversationId: this.id,
      messages: page.flatMap(({ row }) => (row.seq > afterSeq ? row : [])),
      changed: page.flatMap(({ row }) => (row.seq > afterSeq ? [] : row)),
      upToSeq: hasMore ? (page.at(-1)?.place ?? this.head) : Math.max(this.head, afterSeq),
      hasMore,
    };
  }

  /** What a token that stood at a number is told: the next part, or the newest rows where too much was missed. */
  missedAfter(afterSeq: number) {
    const rows = this.rowsAt(this.head);
    const isSnapshot = rows.filter(({ changedSeq }) => changedSeq > afterSeq).length >= SNAPSHOT_FROM;
    if (!isSnapshot) return { ...this.after(afterSeq), afterSeq, isSnapshot };
    const newest = { messages: rows.slice(-ROW_COUNT_MAX), changed: [], upToSeq: this.head, hasMore: false };
    return { conversationId: this.id, ...newest, afterSeq, isSnapshot };
  }

  /** A page of the history as the tables have it. */
  page(before: number) {
    const rows = this.rowsAt(this.tablesAt).filter(({ seq }) => seq < before);
    return {
      data: rows.slice(-ROW_COUNT_MAX),
      page: { hasMore: rows.length > ROW_COUNT_MAX, nextCursor: null },
    };
  }

  unreadOf(userId: string, upTo: number): number {
    const readUpTo = this.reads.get(userId) ?? 0;
    return this.rowsAt(upTo).filter(
      ({ seq, senderId, content }) => seq > readUpTo && senderId !== userId && content?.type === 'text',
    ).length;
  }

  listed(): ConversationView {
    const { tablesAt: at } = this;
    const rows = this.rowsAt(at);
    const members = [an, binh].map((userId) => ({
      userId,
      username: userId,
      displayName: userId,
      joinedSeq: 0,
    }));
    return {
      conversationId: this.id,
      kind: 'group',
      name: this.#name,
      settings: {},
      members,
      memberCount: members.length,
      ownRole: 'member',
      lastSeq: at,
      lastActivityAt: AT,
      lastMessage: rows.findLast(({ content }) => content?.type !== 'system') ?? null,
      readUpToSeq: Math.min(this.reads.get(an) ?? 0, at),
      unreadCount: this.unreadOf(an, at),
      mentionCount: 0,
      isArchived: false,
      isPinned: false,
      isMarkedUnread: false,
      mutedUntil: null,
      draft: null,
      ownViewVersion: 0,
    } as unknown as ConversationView;
  }

  #row(senderId: string, more: object): MessageView {
    const seq = this.head + 1;
    const nothing = { replyTo: null, forwardedFrom: null, editedAt: null, deletedAt: null, deletedBy: null };
    return {
      ...nothing,
      conversationId: this.id,
      messageId: `msg_${this.id}_${seq}`,
      seq,
      changedSeq: seq,
      senderId,
      sentAt: AT,
      mentions: [],
      reactions: [],
      isEdited: false,
      isPinned: false,
      ...more,
    } as unknown as MessageView;
  }
}

import {
  applyMembership,
  type ConversationEvent,
  isMember,
  type Membership,
  type MessageEvent,
  noMembership,
  type PositionEvent,
  type RecordedEvent,
  systemContentOf,
  type UserId,
} from '@parley/contracts';
import { laneOf } from '@parley/event-sourcing';

export type LogEvent = RecordedEvent<ConversationEvent | MessageEvent | PositionEvent>;

/** Something that the system said to a device by itself. */
export interface Delivery {
  readonly device: string;
  readonly userId: UserId;
  readonly name: string;
  readonly said: unknown;
}

/** What a device shows of a conversation: the messages from `floor` up to `cursor`. */
export interface DeviceView {
  readonly device: string;
  readonly userId: UserId;
  readonly conversationId: string;
  readonly floor: number;
  readonly cursor: number;
  readonly seqs: readonly number[];
}

/** What is true whoever says what: the logs of the conversations, and what readers chose. */
export interface Truth {
  /** Everything of a conversation in the order in which it was stored, the positions included. */
  readonly logs: ReadonlyMap<string, readonly LogEvent[]>;
  /** Since when somebody shows how far they have read, or does not, in order. */
  readonly choices: ReadonlyMap<string, readonly { readonly at: string; readonly readReceipts: boolean }[]>;
}

/**
 * What nobody should have heard: of a conversation that they were not in at that number, or how far somebody has read
 * who keeps that to themselves. It judges by the logs alone, and shares no code with who delivers.
 */
export function unlawful(deliveries: readonly Delivery[], truth: Truth): readonly string[] {
  const stays = new Map([...truth.logs].map(([conversationId, log]) => [conversationId, new Stays(log)]));
  return deliveries.flatMap((delivery) => {
    const about = placeOf(delivery.said);
    if (about === undefined) return [];
    const { conversationId } = about;
    const place = stays.get(conversationId);
    const wrong = place === undefined ? 'there is no such conversation' : wrongIn(place, delivery, truth);
    if (wrong === undefined) return [];
    return [`${delivery.device} heard ${delivery.name} of ${conversationId}: ${wrong}`];
  });
}

/** Where a device does not show each row of the timeline once and in order, but for what its person has hidden. */
export function incomplete(
  { device, conversationId, floor, cursor, seqs }: DeviceView,
  log: readonly LogEvent[],
  hidden: ReadonlySet<number>,
): readonly string[] {
  const rows = log.filter((event) => event.type === 'message.sent' || systemContentOf(event) !== undefined);
  const wanted = rows
    .map(({ seq = 0 }) => seq)
    .filter((seq) => seq >= floor && seq <= cursor && !hidden.has(seq));
  if (JSON.stringify(wanted) === JSON.stringify(seqs.filter((seq) => !hidden.has(seq)))) return [];
  return [`${device} shows ${JSON.stringify(seqs)} of ${conversationId}, not ${JSON.stringify(wanted)}`];
}

/** Which conversations something is about, so that their logs can be read. */
export function placeOf(
  said: unknown,
): { readonly conversationId: string; readonly seq: number | undefined } | undefined {
  const { message, conversation, ...own } = said as Readonly<Record<string, unknown>>;
  const inner = { ...own, ...(message as object | undefined), ...(conversation as object | undefined) };
  const { conversationId, seq } = inner as { readonly conversationId?: unknown; readonly seq?: unknown };
  if (typeof conversationId !== 'string') return undefined;
  return { conversationId, seq: typeof seq === 'number' ? seq : undefined };
}

interface Read {
  readonly userId: UserId;
  readonly upToSeq: number;
  readonly readAt: string;
}

/** Who shows how far they have read, from their devices to those of others. */
export function readerOf({ name, userId, said }: Delivery): UserId | undefined {
  if (name !== 'messages_read') return undefined;
  const read = said as Read;
  return read.userId === userId ? undefined : read.userId;
}

function wrongIn(place: Stays, delivery: Delivery, truth: Truth): string | undefined {
  const { userId, name, said } = delivery;
  if (name === 'messages_read') return wrongRead(place, delivery, truth);
  const seq = placeOf(said)?.seq;
  // What has no number of the conversation is a member's own, or tells of their coming.
  if (seq === undefined) return place.wasEverIn(userId) ? undefined : `${userId} was never in it`;
  return place.wasInAround(seq, userId) ? undefined : `${userId} was not in it at ${seq}`;
}

function wrongRead(place: Stays, delivery: Delivery, { choices }: Truth): string | undefined {
  const read = delivery.said as Read;
  const stored = place.readOf(read);
  if (stored === undefined) return `nobody has read up to ${read.upToSeq}`;
  if (!place.wasInAt(stored.position, delivery.userId)) {
    return `${delivery.userId} was not in it when that was read`;
  }
  const own = (choices.get(read.userId) ?? []).findLast(({ at }) => at <= read.readAt);
  const isPrivate = stored.isPrivate || own?.readReceipts === false;
  return isPrivate && readerOf(delivery) !== undefined ? `${read.userId} reads in private` : undefined;
}

/** Who was in a conversation, at each place of its log. */
class Stays {
  readonly #log: readonly LogEvent[];
  /** Before each event, and after the last one. */
  readonly #memberships: readonly Membership[];
  readonly #indexBySeq = new Map<number, number>();

  constructor(log: readonly LogEvent[]) {
    this.#log = log;
    const memberships: Membership[] = [noMembership];
    for (const [index, event] of log.entries()) {
      if (event.seq !== undefined) this.#indexBySeq.set(event.seq, index);
      const before = memberships[index] ?? noMembership;
      memberships.push(isControl(event) ? applyMembership(before, event) : before);
    }
    this.#memberships = memberships;
  }

  /** Before the event of a number or after it: who comes or goes hears of that. */
  wasInAround(seq: number, userId: UserId): boolean {
    const index = this.#indexBySeq.get(seq);
    return index !== undefined && (this.#isIn(index, userId) || this.#isIn(index + 1, userId));
  }

  wasInAt(position: number, userId: UserId): boolean {
    const next = this.#log.findIndex((event) => event.position > position);
    return this.#isIn(next === -1 ? this.#log.length : next, userId);
  }

  wasEverIn(userId: UserId): boolean {
    return this.#memberships.some((membership) => isMember(membership, userId));
  }

  readOf({ userId, upToSeq, readAt }: Read) {
    for (const event of this.#log) {
      if (event.type !== 'message.positions-advanced') continue;
      const read = event.data.positions.find(
        (one) => one.userId === userId && one.upToSeq === upToSeq && one.readAt === readAt,
      );
      if (read) return { position: event.position, isPrivate: read.private === true };
    }
    return undefined;
  }

  #isIn(index: number, userId: UserId): boolean {
    return isMember(this.#memberships[index] ?? noMembership, userId);
  }
}

function isControl(event: LogEvent): event is RecordedEvent<ConversationEvent> {
  return laneOf(event.type).lane === 'c';
}

import type {
  AggregateId,
  ClientMessageId,
  ConversationId,
  MessageId,
  MessageSent,
  RecordedEvent,
  Tenant,
  Timestamp,
  UserId,
} from '@parley/contracts';
import { laneOf } from '@parley/event-sourcing';

type AnyEvent = { readonly type: string; readonly data: object };

const STARTED_AT_MS = Date.parse('2026-11-21T08:00:00.000Z');
const BETWEEN_EVENTS_MS = 1_000;

/** The people of every test, and two places where they meet. */
export const an = 'usr_0000000000000000000000000a' as UserId;
export const binh = 'usr_0000000000000000000000000b' as UserId;
export const chi = 'usr_0000000000000000000000000c' as UserId;
export const dung = 'usr_0000000000000000000000000d' as UserId;
export const hanoi = 'cnv_00000000000000000000000001' as ConversationId;
export const hue = 'cnv_00000000000000000000000002' as ConversationId;

/** The time of the event at a position, in a chronicle's world where one happens each second. */
export function timeOf(position: number): Timestamp {
  return new Date(STARTED_AT_MS + position * BETWEEN_EVENTS_MS).toISOString() as Timestamp;
}

/** Puts what happened into envelopes, numbered and placed as the log would have it. */
export function chronicle<Event extends AnyEvent>() {
  const events: RecordedEvent<Event>[] = [];
  const seqs = new Map<string, number>();

  /** Writes one fact down; answers the chronicle, so that a history reads as a list of sentences. */
  function record(aggregateId: AggregateId, actorId: UserId, fact: Event): typeof self {
    const position = events.length + 1;
    const { numbered } = laneOf(fact.type);
    const seq = (seqs.get(aggregateId) ?? 0) + 1;
    if (numbered) seqs.set(aggregateId, seq);
    events.push({
      ...fact,
      id: `evt_${position}`,
      v: 1,
      tenant: 'main' as Tenant,
      aggregateId,
      ...(numbered ? { seq } : {}),
      actorId,
      at: timeOf(position),
      causationId: `command-${position}`,
      correlationId: `request-${position}`,
      position,
    });
    return self;
  }

  const self = { events, record };
  return self;
}

/** A text that somebody sends; `number` makes its ids. */
export function sentText(
  conversationId: ConversationId,
  number: number,
  text = `text ${number}`,
): MessageSent {
  const digits = String(number).padStart(12, '0');
  return {
    type: 'message.sent',
    data: {
      conversationId,
      messageId: `msg_${digits.padStart(26, '0')}` as MessageId,
      clientMessageId: `01938c2e-0000-7000-8000-${digits}` as ClientMessageId,
      content: { type: 'text', text },
    },
  };
}

/** What a change says of the message that it is about: which one, by the number of its text, and where it stands. */
export function placeOfText(conversationId: ConversationId, number: number, messageSeq: number) {
  const { messageId } = sentText(conversationId, number).data;
  return { conversationId, messageId, messageSeq };
}

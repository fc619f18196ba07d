import {
  type ClientMessageId,
  type ConversationEvent,
  type ConversationId,
  type MessageEvent,
  type MessageId,
  newId,
  newUuidV7,
  type StoredEvent,
  type UserId,
} from '@parley/contracts';
import { connectNats } from '@parley/jetstream';
import type { Infra } from '@parley/local';

import { conversationStarted, seedPeople, stored } from './parley-seed.ts';
import { textOf } from './socket-io-crowd.ts';
import { writeLog } from './write-log.ts';

const MEMBER_COUNT = 10;
/** How many events of a conversation lie next to one another in the log before another one has its turn. */
const TURN_LENGTH = 5;
/** Of each ten events one edits the message before it, and one is a reaction to it. */
const CHANGE_EVERY = 10;

interface Place {
  readonly conversationId: ConversationId;
  readonly memberIds: readonly UserId[];
  seq: number;
  last: { readonly messageId: MessageId; readonly seq: number; readonly senderId: UserId } | undefined;
}

/** One reader in many conversations, in which others go on while they are away. */
export class SyncTown {
  readonly reader: UserId = newId('usr');
  readonly #infra: Infra;
  readonly #places: readonly Place[];

  constructor(infra: Infra, conversationCount: number) {
    this.#infra = infra;
    const others = Array.from({ length: MEMBER_COUNT - 1 }, () => newId<UserId>('usr'));
    this.#places = Array.from({ length: conversationCount }, () => ({
      conversationId: newId<ConversationId>('cnv'),
      memberIds: [...others, this.reader],
      seq: 1,
      last: undefined,
    }));
  }

  /** The number that each conversation has come to. */
  get heads(): ReadonlyMap<string, number> {
    return new Map(this.#places.map(({ conversationId, seq }) => [conversationId, seq]));
  }

  async open(): Promise<void> {
    await seedPeople([this.reader], this.#infra.nats.url('identity'));
    await this.#as('conversation', this.#started());
  }

  /** Others say so much, and change some of it. */
  goOn(eventCount: number): Promise<void> {
    return this.#as('message', this.#said(eventCount));
  }

  *#started(): Generator<StoredEvent<ConversationEvent>> {
    for (const [index, { conversationId, memberIds }] of this.#places.entries()) {
      yield conversationStarted(conversationId, memberIds, `Room ${index}`);
    }
  }

  *#said(eventCount: number): Generator<StoredEvent<MessageEvent>> {
    for (let count = 0; count < eventCount;) {
      for (const place of this.#places) {
        for (let turn = 0; turn < TURN_LENGTH && count < eventCount; turn += 1) {
          count += 1;
          place.seq += 1;
          const { fact, actorId } = factIn(place, count);
          yield { ...stored(fact, place.conversationId, actorId), seq: place.seq };
        }
      }
    }
  }

  /** Each service may write its own lanes only, so the log is filled in the name of both. */
  async #as(service: string, events: Iterable<StoredEvent>): Promise<void> {
    const nc = await connectNats({ url: this.#infra.nats.url(service), name: 'bench' });
    await writeLog(nc, events);
    await nc.drain();
  }
}

function factIn(place: Place, count: number): { readonly fact: MessageEvent; readonly actorId: UserId } {
  const { conversationId, memberIds, seq, last } = place;
  const actorId = memberIds[seq % (memberIds.length - 1)] as UserId;
  const text = textOf(seq);
  if (last !== undefined && count % CHANGE_EVERY === 0) {
    const data = {
      conversationId,
      messageId: last.messageId,
      messageSeq: last.seq,
      content: { type: 'text' as const, text },
    };
    return { fact: { type: 'message.edited', data }, actorId: last.senderId };
  }
  if (last !== undefined && count % CHANGE_EVERY === 5) {
    const data = { conversationId, messageId: last.messageId, messageSeq: last.seq, emoji: '👍', count: 1 };
    // A message has one reaction of a person: the next message is another one.
    place.last = undefined;
    return { fact: { type: 'message.reaction-added', data }, actorId };
  }
  const messageId = newId<MessageId>('msg');
  place.last = { messageId, seq, senderId: actorId };
  const data = {
    conversationId,
    messageId,
    clientMessageId: newUuidV7() as ClientMessageId,
    content: { type: 'text' as const, text },
  };
  return { fact: { type: 'message.sent', data }, actorId };
}

import {
  type ClientMessageId,
  type ConversationEvent,
  type ConversationId,
  type MessageEvent,
  type MessageId,
  newId,
  newUuidV7,
  type PositionEvent,
  type StoredEvent,
  timestampOf,
  type UserId,
} from '@parley/contracts';
import { connectNats, JetStreamEventStore } from '@parley/jetstream';
import type { Infra } from '@parley/local';

import { conversationStarted, seedPeople, stored, TENANT, writeAll } from './parley-seed.ts';
import { textOf } from './socket-io-crowd.ts';

/** In how many of the conversations the two people are whose lists are measured. */
export const OWN_CONVERSATION_COUNT = 2_000;
/** The share of all messages that lie in the one large conversation. */
const LARGE_SHARE = 0.2;
const LARGE_MEMBER_COUNT = 50;
const MEMBER_COUNT = 5;
const PERSON_COUNT = 200;
/** How many messages of a conversation lie next to one another in the log before another one has its turn. */
const TURN_LENGTH = 5;
/** The large one's turns follow one another, each after the answer to the one before: fewer of them take less time. */
const LARGE_TURN_LENGTH = 20;
/** How much of the large conversation the one who reads has left unread. */
const LEFT_UNREAD_COUNT = 20;

interface Place {
  readonly conversationId: ConversationId;
  readonly memberIds: readonly UserId[];
  position: number;
  seq: number;
  /** One turn at a time: each expects the position of the one before. */
  writing: Promise<void>;
}

/** Two people in 2,000 conversations and many others in theirs, written into the logs as the services would. */
export class HistoryTown {
  /** Reads: the large conversation nearly to its end, and every other one of the rest. */
  readonly reader: UserId = newId('usr');
  /** Is in the same conversations and has never read anything. */
  readonly sleeper: UserId = newId('usr');
  readonly #infra: Infra;
  readonly #others = Array.from({ length: PERSON_COUNT }, () => newId<UserId>('usr'));
  readonly #places: Place[] = [];
  #messageCount = 0;

  constructor(infra: Infra) {
    this.#infra = infra;
  }

  get large(): ConversationId {
    return this.#large.conversationId;
  }

  /** The number of the large conversation's last message. */
  get largeHead(): number {
    return this.#large.seq;
  }

  /** Lets everybody arrive. */
  async open(): Promise<void> {
    await seedPeople([this.reader, this.sleeper, ...this.#others], this.#infra.nats.url('identity'));
  }

  /** Grows to so many messages in so many conversations, and lets the one who reads catch up. */
  async growTo(messageCount: number, conversationCount: number): Promise<void> {
    await this.#as<ConversationEvent>('conversation', (store) => this.#openPlaces(store, conversationCount));
    await this.#as<MessageEvent | PositionEvent>('message', async (store) => {
      const turns = this.#turnsUpTo(messageCount);
      await writeAll(turns, (place) => takeTurn(store, place, this.#lengthOf(place)));
      this.#messageCount = turns.reduce((sum, place) => sum + this.#lengthOf(place), this.#messageCount);
      await this.#read(store);
    });
  }

  get #large(): Place {
    const [large] = this.#places;
    if (large === undefined) throw new Error('nobody has opened anything yet');
    return large;
  }

  async #openPlaces(store: JetStreamEventStore<ConversationEvent>, count: number): Promise<void> {
    const first = this.#places.length;
    for (let index = first; index < count; index += 1) {
      const isOwn = index < OWN_CONVERSATION_COUNT;
      const size = (index === 0 ? LARGE_MEMBER_COUNT : MEMBER_COUNT) - (isOwn ? 2 : 0);
      const others = Array.from(
        { length: size },
        (_, seat) => this.#others[(index * 7 + seat) % PERSON_COUNT],
      );
      const memberIds = [...(isOwn ? [this.reader, this.sleeper] : []), ...others.flatMap((id) => id ?? [])];
      const conversationId: ConversationId = newId('cnv');
      this.#places.push({ conversationId, memberIds, position: 0, seq: 0, writing: Promise.resolve() });
    }
    await writeAll(this.#places.slice(first), async (place, index) => {
      const { conversationId, memberIds } = place;
      const started = conversationStarted(conversationId, memberIds, `Phố ${first + index}`);
      const positions = await store.append(conversationId, [started], 0);
      place.position = positions.at(-1) ?? 0;
      place.seq = 1;
    });
  }

  /** Whose turn it is, again and again: the large conversation's as often as its share says. */
  #turnsUpTo(messageCount: number): Place[] {
    const small = this.#places.slice(1);
    const turns: Place[] = [];
    let [missing, large] = [messageCount - this.#messageCount, 0];
    for (let count = 0; missing > 0; count += 1) {
      const isLarge = large >= LARGE_TURN_LENGTH;
      const place = (isLarge ? undefined : small[count % small.length]) ?? this.#large;
      large += isLarge ? -LARGE_TURN_LENGTH : (TURN_LENGTH * LARGE_SHARE) / (1 - LARGE_SHARE);
      missing -= this.#lengthOf(place);
      turns.push(place);
    }
    return turns;
  }

  #lengthOf(place: Place): number {
    return place === this.#large ? LARGE_TURN_LENGTH : TURN_LENGTH;
  }

  async #read(store: JetStreamEventStore<MessageEvent | PositionEvent>): Promise<void> {
    const own = this.#places.slice(0, OWN_CONVERSATION_COUNT).filter((_, index) => index % 2 === 0);
    await writeAll(own, async (place) => {
      const left = place === this.#large ? LEFT_UNREAD_COUNT : 0;
      const { conversationId } = place;
      const position = {
        userId: this.reader,
        upToSeq: Math.max(1, place.seq - left),
        readAt: timestampOf(Date.now()),
      };
      const fact: PositionEvent = {
        type: 'message.positions-advanced',
        data: { conversationId, positions: [position] },
      };
      await store.appendUnnumbered(stored(fact, conversationId, this.reader), newId('evt'));
    });
  }

  /** Each service may write its own lanes only, so the log is filled in the name of both. */
  async #as<Event extends { readonly type: string; readonly data: unknown }>(
    service: string,
    write: (store: JetStreamEventStore<Event>) => Promise<void>,
  ): Promise<void> {
    const nc = await connectNats({ url: this.#infra.nats.url(service), name: 'bench' });
    await write(await JetStreamEventStore.open<Event>(nc, { log: 'conv', tenant: TENANT }));
    await nc.drain();
  }
}

/** After the turn before: each expects the position that the other has left. */
async function takeTurn(
  store: JetStreamEventStore<MessageEvent | PositionEvent>,
  place: Place,
  length: number,
): Promise<void> {
  const before = place.writing;
  const turn = Promise.withResolvers<void>();
  place.writing = turn.promise;
  await before;
  const events = Array.from({ length }, (_, index) => said(place, place.seq + index + 1));
  const positions = await store.append(place.conversationId, events, place.position);
  place.position = positions.at(-1) ?? 0;
  place.seq += length;
  turn.resolve();
}

function said({ conversationId, memberIds }: Place, seq: number): StoredEvent<MessageEvent> {
  const actorId = memberIds[seq % memberIds.length] as UserId;
  const fact: MessageEvent = {
    type: 'message.sent',
    data: {
      conversationId,
      messageId: newId<MessageId>('msg'),
      clientMessageId: newUuidV7() as ClientMessageId,
      content: { type: 'text', text: textOf(seq) },
    },
  };
  return { ...stored(fact, conversationId, actorId), seq };
}

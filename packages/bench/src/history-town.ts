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
  type Timestamp,
  timestampOf,
  type UserId,
} from '@parley/contracts';
import { connectNats } from '@parley/jetstream';
import type { Infra } from '@parley/local';

import { conversationStarted, seedPeople, stored } from './parley-seed.ts';
import { seededRandom } from './random.ts';
import { TextWriter } from './search-texts.ts';
import { writeLog } from './write-log.ts';

/** In how many of the conversations the two people are whose lists are measured. */
export const OWN_CONVERSATION_COUNT = 2_000;
/** The share of all messages that lie in the one large conversation. */
const LARGE_SHARE = 0.2;
const LARGE_MEMBER_COUNT = 50;
const MEMBER_COUNT = 5;
const PERSON_COUNT = 200;
/** How many messages of a conversation lie next to one another in the log before another one has its turn. */
const TURN_LENGTH = 5;
const LARGE_TURN_LENGTH = 20;
/** Somebody says something every second, and has for as long as the largest town takes. */
const SAID_EVERY_MS = 1_000;
const BEGAN_MS_AGO = 12 * 24 * 3_600_000;
/** How much of the large conversation the one who reads has left unread. */
const LEFT_UNREAD_COUNT = 20;
const TEXT_SEED = 42;

interface Place {
  readonly conversationId: ConversationId;
  readonly memberIds: readonly UserId[];
  seq: number;
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
  readonly #writer = new TextWriter(seededRandom(TEXT_SEED));
  readonly #beganMs = Date.now() - BEGAN_MS_AGO;
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
    await this.#as('conversation', this.#openPlaces(conversationCount));
    await this.#as('message', this.#talkUpTo(messageCount));
    await this.#as('message', this.#read());
  }

  get #large(): Place {
    const [large] = this.#places;
    if (large === undefined) throw new Error('nobody has opened anything yet');
    return large;
  }

  *#openPlaces(count: number): Generator<StoredEvent<ConversationEvent>> {
    for (let index = this.#places.length; index < count; index += 1) {
      const isOwn = index < OWN_CONVERSATION_COUNT;
      const size = (index === 0 ? LARGE_MEMBER_COUNT : MEMBER_COUNT) - (isOwn ? 2 : 0);
      const others = Array.from(
        { length: size },
        (_, seat) => this.#others[(index * 7 + seat) % PERSON_COUNT],
      );
      const memberIds = [...(isOwn ? [this.reader, this.sleeper] : []), ...others.flatMap((id) => id ?? [])];
      const conversationId: ConversationId = newId('cnv');
      this.#places.push({ conversationId, memberIds, seq: 1 });
      yield { ...conversationStarted(conversationId, memberIds, `Phố ${index}`), at: this.#now };
    }
  }

  get #now(): Timestamp {
    return timestampOf(this.#beganMs + this.#messageCount * SAID_EVERY_MS);
  }

  /** In turns: the large conversation has its own as often as its share says. */
  *#talkUpTo(messageCount: number): Generator<StoredEvent<MessageEvent>> {
    const small = this.#places.slice(1);
    let large = 0;
    for (let count = 0; this.#messageCount < messageCount; count += 1) {
      const isLarge = large >= LARGE_TURN_LENGTH;
      const place = (isLarge ? undefined : small[count % small.length]) ?? this.#large;
      large += isLarge ? -LARGE_TURN_LENGTH : (TURN_LENGTH * LARGE_SHARE) / (1 - LARGE_SHARE);
      for (let said = 0; said < this.#lengthOf(place); said += 1) {
        place.seq += 1;
        this.#messageCount += 1;
        yield { ...saidIn(place, this.#writer.next()), at: this.#now };
      }
    }
  }

  #lengthOf(place: Place): number {
    return place === this.#large ? LARGE_TURN_LENGTH : TURN_LENGTH;
  }

  *#read(): Generator<StoredEvent<PositionEvent>> {
    const own = this.#places.slice(0, OWN_CONVERSATION_COUNT).filter((_, index) => index % 2 === 0);
    for (const place of own) {
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
      yield stored(fact, conversationId, this.reader);
    }
  }

  /** Each service may write its own lanes only, so the log is filled in the name of both. */
  async #as(service: string, events: Iterable<StoredEvent>): Promise<void> {
    const nc = await connectNats({ url: this.#infra.nats.url(service), name: 'bench' });
    await writeLog(nc, events);
    await nc.drain();
  }
}

function saidIn({ conversationId, memberIds, seq }: Place, text: string): StoredEvent<MessageEvent> {
  const actorId = memberIds[seq % memberIds.length] as UserId;
  const fact: MessageEvent = {
    type: 'message.sent',
    data: {
      conversationId,
      messageId: newId<MessageId>('msg'),
      clientMessageId: newUuidV7() as ClientMessageId,
      content: { type: 'text', text },
    },
  };
  return { ...stored(fact, conversationId, actorId), seq };
}

import { createHash } from 'node:crypto';

import type {
  ConversationEvent,
  ConversationId,
  MessageEvent,
  MessageSent,
  PositionEvent,
  RecordedEvent,
  UserId,
} from '@parley/contracts';
import { hashProjection, resetProjection } from '@parley/postgres';
import { chronicle, databaseTest, placeOfText, runProjection, sentText, timeOf } from '@parley/testing';
import * as fc from 'fast-check';
import type { Kysely } from 'kysely';
import { expect } from 'vitest';

import { conversationList } from '../src/projections/conversation-list.projection.ts';
import { memberList } from '../src/projections/member-list.projection.ts';
import { getConversationStats } from '../src/queries/get-conversation-stats.query.ts';
import { listConversations } from '../src/queries/list-conversations.query.ts';
import { migrations } from '../src/storage/migrations/index.ts';
import type { ConversationDb } from '../src/storage/schema.ts';

type Happening = ConversationEvent | MessageEvent | PositionEvent;

const OPERATION_COUNT = 50_000;
const LOOK_COUNT = 5;
const PERSON_COUNT = 8;
const CONVERSATION_COUNT = 20;

const test = databaseTest<ConversationDb>(migrations);
const people = Array.from({ length: PERSON_COUNT }, (_, index) => id<UserId>('usr', index));
const places = Array.from({ length: CONVERSATION_COUNT }, (_, index) => id<ConversationId>('cnv', index));

function id<Id extends string>(prefix: string, index: number): Id {
  return `${prefix}_${String(index).padStart(26, '0')}` as Id;
}

interface Said {
  readonly seq: number;
  readonly number: number;
  readonly senderId: UserId;
  readonly mentioned: readonly (UserId | 'all')[];
  isDeleted: boolean;
}

interface Stay {
  readonly joinedSeq: number;
  readUpTo: number;
}

/** What a conversation is to the plainest reading of its log: a list of messages, and who has read how far. */
interface PlainConversation {
  headSeq: number;
  readonly said: Said[];
  readonly stays: Map<UserId, Stay>;
}

const operation = fc.record({
  kind: fc.constantFrom(
    'say',
    'say',
    'say',
    'mention',
    'mention',
    'all',
    'read',
    'read',
    'delete',
    'join',
    'go',
  ),
  who: fc.nat(PERSON_COUNT - 1),
  whom: fc.nat(PERSON_COUNT - 1),
  where: fc.nat(CONVERSATION_COUNT - 1),
  which: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
});
type Operation = typeof operation extends fc.Arbitrary<infer Drawn> ? Drawn : never;

/** Lets random things happen, and keeps two accounts of them: the log, and the plain one. */
class Town {
  readonly log = chronicle<Happening>();
  readonly plain = new Map<ConversationId, PlainConversation>();
  #sentCount = 0;

  constructor() {
    for (const [index, place] of places.entries()) {
      const [owner, friend] = [people[index % PERSON_COUNT], people[(index + 1) % PERSON_COUNT]];
      const members = [owner, friend].flatMap((userId) => userId ?? []);
      const kind = index % 2 === 0 ? 'group' : 'direct';
      this.plain.set(place, { headSeq: 0, said: [], stays: new Map() });
      this.#record(place, members[0], {
        type: 'conversation.started',
        data: {
          conversationId: place,
          kind,
          members: members.map((userId) => ({ userId, role: 'member' })),
        },
      });
      for (const userId of members) this.#of(place).stays.set(userId, { joinedSeq: 1, readUpTo: 0 });
    }
  }

  happens(drawn: Operation): void {
    const place = places[drawn.where];
    const who = people[drawn.who];
    const whom = people[drawn.whom];
    if (place === undefined || who === undefined || whom === undefined) return;
    const stay = this.#of(place).stays.get(who);
    if (drawn.kind === 'join') return this.#join(place, who, stay);
    if (stay === undefined) return;
    if (drawn.kind === 'go') return this.#go(place, who);
    if (drawn.kind === 'read') return this.#read(place, who, drawn.which);
    if (drawn.kind === 'delete') return this.#delete(place, who, drawn.which);
    if (drawn.kind === 'mention') return this.#say(place, who, [whom]);
    this.#say(place, who, drawn.kind === 'all' ? ['all', whom] : []);
  }

  /** Unread and mentions of a person in each of their conversations, by counting. */
  counts(userId: UserId): ReadonlyMap<ConversationId, { unread: number; mentions: number }> {
    const counted = new Map<ConversationId, { unread: number; mentions: number }>();
    for (const [place, { said, stays }] of this.plain) {
      const stay = stays.get(userId);
      if (stay === undefined) continue;
      const after = Math.max(stay.joinedSeq, stay.readUpTo);
      const unread = said.filter(
        ({ seq, senderId, isDeleted }) => seq > after && senderId !== userId && !isDeleted,
      );
      const mentions = unread.filter(
        ({ mentioned }) => mentioned.includes(userId) || mentioned.includes('all'),
      );
      counted.set(place, { unread: unread.length, mentions: mentions.length });
    }
    return counted;
  }

  #say(place: ConversationId, who: UserId, mentioned: readonly (UserId | 'all')[]): void {
    this.#sentCount += 1;
    const { data } = sentText(place, this.#sentCount);
    const mentions = mentioned.length === 0 ? {} : { mentions: [...mentioned] };
    const seq = this.#record(place, who, { type: 'message.sent', data: { ...data, ...mentions } });
    this.#of(place).said.push({ seq, number: this.#sentCount, senderId: who, mentioned, isDeleted: false });
    // Who answers has read what was said before.
    const stay = this.#of(place).stays.get(who);
    if (stay !== undefined) stay.readUpTo = seq;
  }

  #read(place: ConversationId, who: UserId, which: number): void {
    const { headSeq, stays } = this.#of(place);
    const upToSeq = 1 + Math.floor(which * headSeq);
    this.#record(place, who, {
      type: 'message.positions-advanced',
      data: { conversationId: place, positions: [{ userId: who, upToSeq, readAt: timeOf(0) }] },
    });
    const stay = stays.get(who);
    if (stay !== undefined) stay.readUpTo = Math.max(stay.readUpTo, upToSeq);
  }

  #delete(place: ConversationId, who: UserId, which: number): void {
    const { said } = this.#of(place);
    const one = said[Math.floor(which * said.length)];
    if (one === undefined || one.isDeleted) return;
    this.#record(place, who, { type: 'message.deleted', data: placeOfText(place, one.number, one.seq) });
    one.isDeleted = true;
  }

  #join(place: ConversationId, who: UserId, stay: Stay | undefined): void {
    if (stay !== undefined) return;
    const joinedSeq = this.#record(place, who, {
      type: 'conversation.members-added',
      data: { conversationId: place, members: [{ userId: who, role: 'member' }], addedBy: who },
    });
    this.#of(place).stays.set(who, { joinedSeq, readUpTo: 0 });
  }

  #go(place: ConversationId, who: UserId): void {
    this.#record(place, who, {
      type: 'conversation.member-left',
      data: { conversationId: place, userId: who },
    });
    this.#of(place).stays.delete(who);
  }

  #record(place: ConversationId, who: UserId | undefined, fact: Happening): number {
    this.log.record(place, who ?? people[0] ?? id<UserId>('usr', 0), fact);
    const seq = this.log.events.at(-1)?.seq;
    const conversation = this.#of(place);
    if (seq !== undefined) conversation.headSeq = seq;
    return conversation.headSeq;
  }

  #of(place: ConversationId): PlainConversation {
    const conversation = this.plain.get(place);
    if (conversation === undefined) throw new Error('there is no such place');
    return conversation;
  }
}

/** What the tables say of everybody, and what counting says: two hashes that must be one. */
async function hashes(db: Kysely<ConversationDb>, town: Town) {
  const [told, counted] = [createHash('sha256'), createHash('sha256')];
  for (const userId of people) {
    const { data } = await listConversations(db, { userId, limit: 100 });
    const shown = data.map(({ conversationId, unreadCount, mentionCount }) => {
      expect(Math.min(unreadCount, mentionCount)).toBeGreaterThanOrEqual(0);
      return [conversationId, { unread: unreadCount, mentions: mentionCount }] as const;
    });
    const byId = shown.toSorted(([one], [other]) => one.localeCompare(other));
    told.update(JSON.stringify(byId));
    const plain = [...town.counts(userId)].toSorted(([one], [other]) => one.localeCompare(other));
    counted.update(JSON.stringify(plain));
    const sum = (of: 'unread' | 'mentions') => plain.reduce((total, [, counts]) => total + counts[of], 0);
    expect(await getConversationStats(db, { userId })).toMatchObject({
      conversations: plain.length,
      unread: sum('unread'),
      mentions: sum('mentions'),
    });
  }
  return { told: told.digest('hex'), counted: counted.digest('hex') };
}

async function project(db: Kysely<ConversationDb>, events: readonly RecordedEvent<Happening>[]) {
  type OfMembers = RecordedEvent<ConversationEvent | MessageSent | PositionEvent>;
  type OfList = RecordedEvent<ConversationEvent | MessageEvent>;
  await runProjection(db, memberList, events as readonly OfMembers[]);
  await runProjection(db, conversationList, events as readonly OfList[]);
}

test(
  `after ${OPERATION_COUNT} random acts the unread are what counting the log gives, and again after a rebuild`,
  {
    timeout: 180_000,
  },
  async ({ db }) => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const context = `fast-check seed ${seed}`;
    const [drawn = []] = fc.sample(
      fc.array(operation, { minLength: OPERATION_COUNT, maxLength: OPERATION_COUNT }),
      { numRuns: 1, seed },
    );
    expect(drawn).toHaveLength(OPERATION_COUNT);
    const town = new Town();
    for (let look = 1; look <= LOOK_COUNT; look += 1) {
      const share = OPERATION_COUNT / LOOK_COUNT;
      for (const one of drawn.slice((look - 1) * share, look * share)) town.happens(one);
      await project(db, town.log.events);
      const { told, counted } = await hashes(db, town);
      expect({ told, context }).toEqual({ told: counted, context });
    }

    const before = await Promise.all(
      [memberList, conversationList].map((model) => hashProjection(db, model)),
    );
    for (const { name } of [memberList, conversationList]) await resetProjection(db, name);
    await project(db, town.log.events);
    const after = await Promise.all([memberList, conversationList].map((model) => hashProjection(db, model)));
    expect({ after, context }).toEqual({ after: before, context });
    const { told, counted } = await hashes(db, town);
    expect({ told, context }).toEqual({ told: counted, context });
  },
);

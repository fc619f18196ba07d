import {
  type CommandOf,
  type ConversationId,
  defineCommand,
  removeMember,
  type Tenant,
  Timestamp,
  type UserId,
} from '@parley/contracts';
import { describe, expect, test } from 'vitest';

import { AggregateCache } from './aggregate-cache.ts';
import { accept, type Decider, reject } from './decider.ts';
import { UnknownAppendError } from './event-store.ts';
import { handleCommand } from './handle-command.ts';
import { InMemoryEventStore } from './in-memory-event-store.ts';

const an = 'usr_0000000000000000000000000a' as UserId;
const binh = 'usr_0000000000000000000000000b' as UserId;
const hanoi = 'cnv_00000000000000000000000001' as ConversationId;

/** A guest book: whoever is in it signs others in, and nobody twice. The types are those of real lanes. */
const signIn = defineCommand({
  type: 'guest-book.sign-in',
  input: removeMember.input.pick({ userId: true }),
  answer: removeMember.answer,
  rejections: ['not-a-guest'],
});
type SignedIn = { readonly type: 'conversation.members-added'; readonly data: { readonly guest: UserId } };
type SignedOut = { readonly type: 'conversation.member-left'; readonly data: { readonly guest: UserId } };
type Remark = { readonly type: 'message.sent'; readonly data: { readonly guest: UserId } };
type Guests = ReadonlySet<UserId>;

const guestBook: Decider<Guests, typeof signIn, SignedIn, SignedIn | SignedOut> = {
  initialState: new Set([an]),
  decide: {
    'guest-book.sign-in': (guests, { data, meta }) => {
      if (!guests.has(meta.actorId)) return reject('not-a-guest');
      return guests.has(data.userId)
        ? accept()
        : accept({ type: 'conversation.members-added', data: { guest: data.userId } });
    },
  },
  evolve: {
    'conversation.members-added': (guests, { data }) => new Set([...guests, data.guest]),
    'conversation.member-left': (guests, { data }) => new Set([...guests].filter((id) => id !== data.guest)),
  },
};

const AT = Timestamp.parse('2026-11-21T08:00:00.000Z');

function sign(guest: UserId, actorId: UserId, commandId = `sign-${guest}`): CommandOf<typeof signIn> {
  const meta = { commandId, tenant: 'main' as Tenant, actorId, at: AT, correlationId: 'request' };
  return { type: signIn.type, data: { userId: guest }, meta };
}

const earlierTry = () => ({ lane: 'c', range: { after: 0 } });

/** Two instances of a service over one log: each has a cache of its own. */
function twoInstances(store = new InMemoryEventStore<SignedIn | SignedOut>()) {
  const instance = () => {
    const cache = new AggregateCache<Guests>(10);
    const definition = { decider: guestBook, store, lanes: ['c'], earlierTry };
    return (command: CommandOf<typeof signIn>, redeliveredFrom?: Date) =>
      handleCommand(definition, cache, { aggregateId: hanoi, command, redeliveredFrom });
  };
  return { store, first: instance(), second: instance() };
}

/** Somebody else's event, as the other service that writes this log would append it. */
async function append(
  store: InMemoryEventStore<SignedIn | SignedOut>,
  fact: SignedIn | SignedOut | Remark,
): Promise<void> {
  const { position, seq } = await store.tail(hanoi);
  const envelope = { id: 'evt_1', v: 1, tenant: 'main' as Tenant, aggregateId: hanoi, actorId: an, at: AT };
  const event = { ...fact, ...envelope, seq: seq + 1, causationId: 'other', correlationId: 'other' };
  await store.append(hanoi, [event as SignedIn & typeof event], position);
}

describe('handling a command', () => {
  test('what is decided is appended, with its place', async () => {
    const { first } = twoInstances();
    const { decision, recorded, after } = await first(sign(binh, an));
    expect(decision.accepted).toBe(true);
    expect(recorded).toMatchObject([{ seq: 1, position: 1, actorId: an, causationId: `sign-${binh}` }]);
    expect(after).toMatchObject({ seq: 1, position: 1, state: new Set([an, binh]) });
  });

  test('of two instances with the same knowledge both end right, each guest once', async () => {
    const { store, first, second } = twoInstances();
    const both = await Promise.all([first(sign(binh, an, 'one')), second(sign(binh, an, 'two'))]);
    expect(both.map(({ decision }) => decision.accepted)).toEqual([true, true]);
    expect(both.map(({ after }) => after.seq)).toEqual([1, 1]);
    expect((await store.tail(hanoi)).seq).toBe(1);
  });

  test('a refusal from old knowledge is not believed', async () => {
    const { first, second } = twoInstances();
    const chi = 'usr_0000000000000000000000000c' as UserId;
    expect((await first(sign(chi, binh))).decision).toEqual({ accepted: false, code: 'not-a-guest' });
    await second(sign(binh, an));
    expect((await first(sign(chi, binh))).decision.accepted).toBe(true);
  });

  test('nor is it from old knowledge that there is nothing to do', async () => {
    const { store, first } = twoInstances();
    await first(sign(binh, an));
    await append(store, { type: 'conversation.member-left', data: { guest: binh } });
    expect((await first(sign(binh, an, 'again'))).recorded).toMatchObject([{ seq: 3 }]);
  });

  test('what lies in a lane that is not folded is not waited for', async () => {
    const store = new CountingStore();
    const { first } = twoInstances(store);
    await first(sign(binh, an));
    await append(store, { type: 'message.sent', data: { guest: an } });
    store.readCount = 0;
    const chi = 'usr_0000000000000000000000000c' as UserId;
    expect((await first(sign(chi, an))).recorded).toMatchObject([{ seq: 3 }]);
    // Once to bring the state to the tail, once to look whether the conflict was with this very command.
    expect(store.readCount).toBe(2);
  });

  test('a redelivered command finds what it did', async () => {
    const { store, first, second } = twoInstances();
    const done = await first(sign(binh, an));
    const again = await second(sign(binh, an), new Date(Date.now() - 1_000));
    expect(again.recorded).toEqual(done.recorded);
    expect((await store.tail(hanoi)).seq).toBe(1);
  });

  test('a retry that would be refused by now hears what its first try was answered', async () => {
    const { store, first, second } = twoInstances();
    const done = await first(sign(binh, an));
    await append(store, { type: 'conversation.member-left', data: { guest: an } });
    for (const instance of [first, second]) {
      expect(await instance(sign(binh, an))).toMatchObject({
        decision: { accepted: true },
        recorded: done.recorded,
      });
    }
    const refused = (await second(sign(binh, an, 'another'))).decision;
    expect(refused).toEqual({ accepted: false, code: 'not-a-guest' });
  });

  test('and one that would find nothing to do hears of its own event, not of the newest', async () => {
    const { store, first } = twoInstances();
    const done = await first(sign(binh, an));
    await append(store, { type: 'message.sent', data: { guest: an } });
    expect((await first(sign(binh, an))).recorded).toEqual(done.recorded);
    expect((await store.tail(hanoi)).seq).toBe(2);
  });

  test('after an append without an answer it looks before it acts again', async () => {
    const store = new ForgetfulStore();
    const { first } = twoInstances(store);
    expect((await first(sign(binh, an))).recorded).toMatchObject([{ seq: 1 }]);
    expect((await store.tail(hanoi)).seq).toBe(1);
  });
});

/** Stores, and does not say so the first time. */
class ForgetfulStore extends InMemoryEventStore<SignedIn | SignedOut> {
  #said = false;

  override async append(...args: Parameters<InMemoryEventStore<SignedIn | SignedOut>['append']>) {
    const positions = await super.append(...args);
    if (this.#said) return positions;
    this.#said = true;
    throw new UnknownAppendError('no answer');
  }
}

class CountingStore extends InMemoryEventStore<SignedIn | SignedOut> {
  readCount = 0;

  override async readLane(...args: Parameters<InMemoryEventStore<SignedIn | SignedOut>['readLane']>) {
    this.readCount += 1;
    return super.readLane(...args);
  }
}

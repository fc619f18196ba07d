import {
  addMembers,
  type AnswerOf,
  type CommandContract,
  type CommandOf,
  type ConversationId,
  getConversation,
  type IdentityEvent,
  leave,
  listConversations,
  type MembershipEvent,
  newId,
  type Outcome,
  removeMember,
  startDirect,
  startGroup,
  type Tenant,
  type Timestamp,
  type UserId,
} from '@parley/contracts';
import { recordEvents } from '@parley/event-sourcing';
import {
  applyTopology,
  askQuery,
  CommandPublisher,
  connectNats,
  JetStreamEventStore,
} from '@parley/jetstream';
import { startInfra } from '@parley/local';
import { migrateSchema } from '@parley/postgres';
import { startService } from '@parley/service-kit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { conversationModule } from '../src/conversation.module.ts';
import { migrations } from '../src/storage/migrations/index.ts';

const tenant = 'main' as Tenant;
const ANSWER_TIMEOUT_MS = 5_000;

/** The service alone over its own broker and database: what it answers, and what it writes into the logs. */
async function startWorld() {
  const infra = await startInfra();
  const admin = await connectNats({ url: infra.nats.url('admin'), name: 'test' });
  await applyTopology(admin);
  await migrateSchema({ adminUrl: infra.postgres.url('admin'), schema: 'conversation', migrations });
  const environment = {
    NATS_URL: infra.nats.url('conversation'),
    DATABASE_URL: infra.postgres.url('conversation'),
    INSTANCE: 'conversation-test',
    LOG_LEVEL: 'silent',
  };
  const service = await startService(conversationModule, environment, (error) => {
    throw error;
  });
  const gateway = await connectNats({ url: infra.nats.url('gateway'), name: 'test' });
  const publisher = new CommandPublisher(gateway, { instance: 'test' });
  const userLog = await JetStreamEventStore.open<IdentityEvent | MembershipEvent>(admin, {
    log: 'user',
    tenant,
  });

  return {
    infra,
    gateway,
    publisher,
    userLog,
    async stop() {
      await service.stop();
      await gateway.close();
      await admin.close();
      await infra.stop();
    },
  };
}

let world: Awaited<ReturnType<typeof startWorld>>;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

function metaOf(actorId: UserId) {
  return {
    commandId: newId('cmd'),
    tenant,
    actorId,
    at: new Date().toISOString() as Timestamp,
    correlationId: 'test',
  };
}

/** Somebody new, registered in their own log only: no read model knows them yet. */
async function register(displayName: string): Promise<UserId> {
  const userId = newId<UserId>('usr');
  const fact: IdentityEvent = {
    type: 'identity.account-registered',
    data: { userId, username: displayName.toLowerCase(), displayName },
  };
  await world.userLog.append(
    userId,
    recordEvents([fact], metaOf(userId), { aggregateId: userId, seq: 0 }),
    0,
  );
  return userId;
}

async function act<const C extends CommandContract>(
  contract: C,
  actorId: UserId,
  data: CommandOf<C>['data'] & { readonly conversationId: ConversationId },
): Promise<Outcome<AnswerOf<C>>> {
  const command = { type: contract.type, data, meta: metaOf(actorId) };
  const outcome = await world.publisher.send(command, {
    service: 'conversation',
    aggregateId: data.conversationId,
    deadlineMs: ANSWER_TIMEOUT_MS,
  });
  return outcome as Outcome<AnswerOf<C>>;
}

function see(userId: UserId, conversationId: ConversationId, minPosition?: string) {
  return askQuery(world.gateway, getConversation, {
    data: { userId, conversationId },
    meta: {
      tenant,
      actorId: userId,
      correlationId: 'test',
      minPosition,
    },
    timeoutMs: ANSWER_TIMEOUT_MS,
  });
}

function positionOf(outcome: Outcome): string {
  if (outcome.kind !== 'ok' || outcome.position === undefined) throw new Error(JSON.stringify(outcome));
  return outcome.position;
}

/** What a person's own log says of their conversations. */
async function heard(userId: UserId) {
  const events = await world.userLog.readLane(userId, 'v.conv', { upTo: Number.MAX_SAFE_INTEGER });
  return events.map(({ type, data }) => [type, 'conversationSeq' in data && data.conversationSeq]);
}

/** An's group with Bình; Chi is around. */
async function openGroup() {
  const [an, binh, chi] = await Promise.all([register('An'), register('Bình'), register('Chi')]);
  const conversationId = newId<ConversationId>('cnv');
  const opening = { conversationId, name: 'Hà Nội', memberIds: [binh] };
  const opened = await act(startGroup, an, opening);
  return { an, binh, chi, conversationId, opening, opened };
}

describe('a direct chat', () => {
  test('opened by both at once, many times, is one conversation that both see', async () => {
    const [an, binh] = await Promise.all([register('An'), register('Bình')]);
    const conversationId = newId<ConversationId>('cnv');

    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        index % 2 === 0
          ? act(startDirect, an, { conversationId, recipientId: binh })
          : act(startDirect, binh, { conversationId, recipientId: an }),
      ),
    );

    const [position] = outcomes.map(positionOf);
    expect(outcomes).toEqual(
      outcomes.map(() => ({ kind: 'ok', answer: { conversationId, seq: 1 }, position })),
    );
    for (const userId of [an, binh]) {
      expect(await see(userId, conversationId, position)).toMatchObject({
        kind: 'ok',
        answer: { conversationId, kind: 'direct', memberCount: 2, lastSeq: 1, unreadCount: 0 },
      });
    }
  });

  test('with somebody who does not exist is refused', async () => {
    const an = await register('An');
    const outcome = await act(startDirect, an, {
      conversationId: newId<ConversationId>('cnv'),
      recipientId: newId<UserId>('usr'),
    });
    expect(outcome).toEqual({ kind: 'refused', rejection: 'person-not-found' });
  });
});

describe('a group', () => {
  test('opened again under its key is the same group; with another name the key is refused', async () => {
    const { an, opening, opened } = await openGroup();
    expect(await act(startGroup, an, opening)).toEqual(opened);
    expect(await act(startGroup, an, { ...opening, name: 'Huế' })).toEqual({
      kind: 'refused',
      rejection: 'idempotency-key-reused',
    });
  });

  test('lets people in and out, and says so to each person’s own log', async () => {
    const { an, binh, chi, conversationId } = await openGroup();

    expect(await see(chi, conversationId)).toEqual({ kind: 'refused', rejection: 'conversation-not-found' });
    const added = await act(addMembers, an, { conversationId, userIds: [chi, binh] });
    expect(added).toMatchObject({ kind: 'ok', answer: { seq: 2 } });
    expect(await see(chi, conversationId, positionOf(added))).toMatchObject({
      kind: 'ok',
      answer: { memberCount: 3, ownRole: 'member', name: 'Hà Nội' },
    });

    const removed = await act(removeMember, an, { conversationId, userId: chi });
    const left = await act(leave, binh, { conversationId });
    for (const userId of [chi, binh]) {
      expect(await see(userId, conversationId, positionOf(left))).toEqual({
        kind: 'refused',
        rejection: 'conversation-not-found',
      });
    }
    expect([removed, left]).toMatchObject([{ answer: { seq: 3 } }, { answer: { seq: 4 } }]);

    await expect.poll(() => heard(binh)).toHaveLength(2);
    expect(await heard(an)).toEqual([['conversation.membership-granted', 1]]);
    expect(await heard(binh)).toEqual([
      ['conversation.membership-granted', 1],
      ['conversation.membership-ended', 4],
    ]);
    expect(await heard(chi)).toEqual([
      ['conversation.membership-granted', 2],
      ['conversation.membership-ended', 3],
    ]);
  });

  test('takes in whoever is added at the same time, each once', async () => {
    const { an, conversationId } = await openGroup();
    const guests = await Promise.all(Array.from({ length: 10 }, (_, index) => register(`Guest ${index}`)));

    const outcomes = await Promise.all(
      [...guests, ...guests].map((userId) => act(addMembers, an, { conversationId, userIds: [userId] })),
    );

    const positions = outcomes.map(positionOf);
    const last = positions.toSorted((a, b) => Number(b.slice(5)) - Number(a.slice(5)))[0];
    expect(await see(an, conversationId, last)).toMatchObject({ answer: { memberCount: 12, lastSeq: 11 } });
  });
});

describe('what is not as it should be', () => {
  test('is malformed, and the service goes on', async () => {
    const an = await register('An');
    const conversationId = newId<ConversationId>('cnv');
    const hostile: unknown[] = [
      undefined,
      42,
      { type: 'conversation.leave' },
      { type: 'conversation.unheard-of', data: { conversationId }, meta: metaOf(an) },
      { type: 'conversation.leave', data: { conversationId: '*' }, meta: metaOf(an) },
      { type: 'conversation.leave', data: { conversationId, role: 'owner' }, meta: metaOf(an) },
    ];
    for (const command of hostile) {
      const options = { service: 'conversation', aggregateId: conversationId, deadlineMs: 5_000 } as const;
      expect(await world.publisher.send(command, options)).toEqual({ kind: 'failed', fault: 'malformed' });
    }
    const asked = { data: { userId: an, cursor: 'x' }, meta: { tenant, correlationId: 'test' } };
    expect(await askQuery(world.gateway, listConversations, { ...asked, timeoutMs: 5_000 })).toEqual({
      kind: 'failed',
      fault: 'malformed',
    });
  });

  test('a position that is not there yet is waited for, and then said to be missing', async () => {
    const an = await register('An');
    const outcome = await see(an, newId<ConversationId>('cnv'), 'conv-999999999');
    expect(outcome).toEqual({ kind: 'failed', fault: 'read-model-behind' });
  });

  test('of positions of several kinds each is waited for', async () => {
    const { an, conversationId, opened } = await openGroup();
    const { position } = await world.userLog.tail(an);
    const both = `${positionOf(opened)},user-${position}`;
    expect(await see(an, conversationId, both)).toMatchObject({ kind: 'ok', answer: { memberCount: 2 } });
    for (const beyond of ['conv-1,user-999999999', 'user-1,conv-999999999']) {
      expect(await see(an, conversationId, beyond)).toEqual({ kind: 'failed', fault: 'read-model-behind' });
    }
  });
});

test('while Postgres is away conversations are opened, and shown as soon as it is back', async () => {
  const [an, binh] = await Promise.all([register('An'), register('Bình')]);
  const conversationId = newId<ConversationId>('cnv');
  await world.infra.postgres.stop();

  const opened = await act(startDirect, an, { conversationId, recipientId: binh });
  expect(opened).toMatchObject({ kind: 'ok', answer: { seq: 1 } });
  expect(await see(binh, conversationId)).toEqual({ kind: 'failed', fault: 'unavailable' });

  await world.infra.postgres.start();
  await expect
    .poll(() => see(binh, conversationId, positionOf(opened)))
    .toMatchObject({ kind: 'ok', answer: { conversationId } });
});

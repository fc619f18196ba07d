import { readFile } from 'node:fs/promises';

import {
  type AggregateId,
  type ConversationEvent,
  type ConversationId,
  type DeviceId,
  type IdentityEvent,
  newId,
  type SessionId,
  type StoredEvent,
  type Tenant,
  timestampOf,
  type UserId,
} from '@parley/contracts';
import { connectNats, JetStreamEventStore } from '@parley/jetstream';
import { importJWK, type JWK, SignJWT } from 'jose';

import type { Scenario } from './scenario.ts';

export const TENANT = 'main' as Tenant;
const WRITE_COUNT_MAX = 20;
/** As long as an access token may live, which is longer than a run. */
const TOKEN_LIFE = '10m';

/** The ids under which Parley knows the people and the rooms of a scenario, and each person's token. */
export interface SeededScenario {
  readonly userIds: readonly UserId[];
  readonly conversationIds: readonly ConversationId[];
  readonly tokens: readonly string[];
}

/**
 * Writes the scenario into the logs directly: a password per person would cost more time than the run. Everything
 * that is measured later goes through the gateway.
 */
export async function seedScenario(
  scenario: Scenario,
  access: { readonly natsUrl: (user: string) => string; readonly signingKeyFile: string },
): Promise<SeededScenario> {
  const userIds = Array.from({ length: scenario.peopleCount }, () => newId<UserId>('usr'));
  const conversationIds = Array.from({ length: scenario.roomCount }, () => newId<ConversationId>('cnv'));
  const tokens = await signTokens(userIds, access.signingKeyFile);

  await seedPeople(userIds, access.natsUrl('identity'));
  await seedRooms(scenario, { userIds, conversationIds }, access.natsUrl('conversation'));
  return { userIds, conversationIds, tokens };
}

/** A group and its members; the first one owns it. */
export function conversationStarted(
  conversationId: ConversationId,
  memberIds: readonly UserId[],
  name: string,
): StoredEvent<ConversationEvent> {
  const members = memberIds.map((userId, index) => ({
    userId,
    role: index === 0 ? ('owner' as const) : ('member' as const),
  }));
  const [actorId] = memberIds;
  if (actorId === undefined) throw new Error('a room needs a member');
  const data = { conversationId, kind: 'group' as const, name, members };
  return { ...stored({ type: 'conversation.started', data }, conversationId, actorId), seq: 1 };
}

/** Hands each item to a writer, some at a time. */
export async function writeAll<Item>(
  items: readonly Item[],
  write: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const workers = Array.from({ length: WRITE_COUNT_MAX }, async () => {
    for (let index = next++; index < items.length; index = next++) await write(items[index] as Item, index);
  });
  await Promise.all(workers);
}

export async function seedPeople(userIds: readonly UserId[], natsUrl: string): Promise<void> {
  const nc = await connectNats({ url: natsUrl, name: 'bench' });
  const store = await JetStreamEventStore.open<IdentityEvent>(nc, { log: 'user', tenant: TENANT });
  await writeAll(userIds, async (userId, index) => {
    const data = { userId, username: `person${index}`, displayName: `Person ${index}` };
    await store.append(userId, [stored({ type: 'identity.account-registered', data }, userId)], 0);
  });
  await nc.drain();
}

async function seedRooms(
  { members }: Scenario,
  { userIds, conversationIds }: Pick<SeededScenario, 'userIds' | 'conversationIds'>,
  natsUrl: string,
): Promise<void> {
  const nc = await connectNats({ url: natsUrl, name: 'bench' });
  const store = await JetStreamEventStore.open<ConversationEvent>(nc, { log: 'conv', tenant: TENANT });
  await writeAll(conversationIds, async (conversationId, index) => {
    const memberIds = (members[index] ?? []).map((person) => userIds[person] as UserId);
    await store.append(conversationId, [conversationStarted(conversationId, memberIds, `Room ${index}`)], 0);
  });
  await nc.drain();
}

/** A fact in its envelope, as a service would write it. */
export function stored<Event extends { readonly type: string; readonly data: unknown }>(
  event: Event,
  aggregateId: AggregateId,
  actorId = aggregateId as UserId,
): StoredEvent<Event> {
  return {
    ...event,
    id: newId('evt'),
    v: 1,
    tenant: TENANT,
    aggregateId,
    actorId,
    at: timestampOf(Date.now()),
    causationId: newId('cmd'),
    correlationId: 'bench',
    ...(event.type.startsWith('identity.') ? { seq: 1 } : {}),
  };
}

export async function signTokens(
  userIds: readonly UserId[],
  signingKeyFile: string,
): Promise<readonly string[]> {
  const jwk = JSON.parse(await readFile(signingKeyFile, 'utf8')) as JWK & { readonly kid: string };
  const key = await importJWK(jwk, 'EdDSA');
  return Promise.all(
    userIds.map((userId) =>
      new SignJWT({ sid: newId<SessionId>('ses'), did: newId<DeviceId>('dev'), tenant: TENANT })
        .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: jwk.kid })
        .setIssuer('parley')
        .setAudience('parley')
        .setSubject(userId)
        .setIssuedAt()
        .setExpirationTime(TOKEN_LIFE)
        .sign(key),
    ),
  );
}

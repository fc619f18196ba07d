import type { AggregateId, ConversationId, Tenant, UserId } from '@parley/contracts';
import type { LogName } from '@parley/event-sourcing';

/*
 * The only code that makes NATS subjects. Every token is checked, whatever its type says: an id with a dot or
 * a wildcard in it would be another subject.
 */

const TOKEN = /^[0-9A-Za-z_-]{1,64}$/;
const SHARD_COUNT = 64;
/** Space, log, tenant, shard and aggregate come before the lane. */
const ROOT_TOKEN_COUNT = 5;
/** No stored lane begins like this, and nobody who stores may publish there. */
const SIGNAL_LANE = 's.';

/** How many partitions the commands of a service have: how many of its conversations can move at the same time. */
export const commandPartitions = { message: 8, conversation: 8 } as const;
export type CommandService = keyof typeof commandPartitions;

/** The prefix of a JetStream reply inbox, one per user, so that nobody can listen to another's answers. */
export function inboxPrefix(user: string): string {
  return `_INBOX_${token(user)}`;
}

/** An aggregate's shard, for ever: two digits of a stream's subject space. */
export function shardOf(aggregateId: AggregateId): string {
  return String(fnv1a32(aggregateId) % SHARD_COUNT).padStart(2, '0');
}

export function partitionOf(service: CommandService, aggregateId: AggregateId): number {
  return (fnv1a32(aggregateId) % SHARD_COUNT) % commandPartitions[service];
}

export function commandSubject(service: CommandService, partition: number): string {
  return `cmd.${service}.${partition}`;
}

/** One lane of one aggregate's log; `lane` may have two tokens (`r.pos`). */
export function eventSubject(
  log: LogName,
  tenant: Tenant,
  target: { aggregateId: AggregateId; lane: string },
): string {
  return `${aggregateRoot('evt', log, tenant, target.aggregateId)}.${target.lane.split('.').map(token).join('.')}`;
}

/** The one scope that every append of an aggregate expects the last position of: all its numbered lanes. */
export function expectationScope(log: LogName, tenant: Tenant, aggregateId: AggregateId): string {
  return `${aggregateRoot('evt', log, tenant, aggregateId)}.*`;
}

/** Everything that was stored about a conversation, and its signals, as it happens. */
export function liveConversation(tenant: Tenant, conversationId: ConversationId): string {
  return `${aggregateRoot('live', 'conv', tenant, conversationId)}.>`;
}

/** Everything that concerns one person, as it happens. */
export function livePerson(tenant: Tenant, userId: UserId): string {
  return `${aggregateRoot('live', 'user', tenant, userId)}.>`;
}

/** What is said about a conversation and never stored. */
export function conversationSignal(tenant: Tenant, conversationId: ConversationId, signal: string): string {
  return `${aggregateRoot('live', 'conv', tenant, conversationId)}.${SIGNAL_LANE}${token(signal)}`;
}

/** What is said about one person and never stored. */
export function personSignal(tenant: Tenant, userId: UserId, signal: string): string {
  return `${aggregateRoot('live', 'user', tenant, userId)}.${SIGNAL_LANE}${token(signal)}`;
}

/**
 * Which signal a message of {@link liveConversation} or {@link livePerson} is; undefined for what was stored. Looks at
 * the one place where it can be, because every message of a gateway is asked.
 */
export function signalIn(subject: string, subscribed: string): string | undefined {
  const laneAt = subscribed.length - 1;
  return subject.startsWith(SIGNAL_LANE, laneAt) ? subject.slice(laneAt + SIGNAL_LANE.length) : undefined;
}

/** What conversations become, as it happens: who comes and goes, and who blocks whom. */
export function everyLiveControl(tenant: Tenant): string {
  return `live.conv.${token(tenant)}.*.*.c`;
}

/** A lane of every aggregate of a kind: for projectors, policies and the gateway's list of revoked sessions. */
export function everyLane(log: LogName, lane: string): string {
  return `evt.${log}.*.*.*.${lane}`;
}

/** The lane of a subject that {@link eventSubject} made: what follows its five tokens of space, log and aggregate. */
export function laneOfSubject(subject: string): string {
  let dot = -1;
  for (let passed = 0; passed < ROOT_TOKEN_COUNT; passed += 1) dot = subject.indexOf('.', dot + 1);
  return subject.slice(dot + 1);
}

export function querySubject(type: string): string {
  return `qry.${type.split('.').map(token).join('.')}`;
}

export function replySubject(instance: string): string {
  return `reply.${token(instance)}`;
}

export function deadLetterSubject(consumer: string): string {
  return `dlq.${token(consumer)}`;
}

/** FNV-1a, 32 bits: what the server's own `partition()` computes, so both sides agree. */
export function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}

function aggregateRoot(space: 'evt' | 'live', log: LogName, ...ids: [Tenant, AggregateId]): string {
  const [tenant, aggregateId] = ids;
  return `${space}.${log}.${token(tenant)}.${shardOf(aggregateId)}.${token(aggregateId)}`;
}

function token(text: string): string {
  if (!TOKEN.test(text)) throw new Error('a subject token has a character that it may not have');
  return text;
}

import { randomUUID } from 'node:crypto';

import type { NatsConnection } from '@nats-io/transport-node';
import {
  type ClientMessageId,
  type ConversationId,
  type MessageEvent,
  type MessageId,
  type MessageSent,
  newId,
  newUuidV7,
  type RecordedEvent,
  type Tenant,
  type Timestamp,
  type UserId,
  wordsOf,
} from '@parley/contracts';
import type { Projection } from '@parley/event-sourcing';
import { eventSubject } from '@parley/jetstream';
import type { TestDatabase } from '@parley/testing';
import { type Kysely, sql } from 'kysely';

import { insertRows, type Migrations, ProjectionRunner } from '../src/index.ts';

const PUBLISH_TIMEOUT_MS = 10_000;
const IN_FLIGHT_MAX = 256;
const main = 'main' as Tenant;

export interface TallyDb {
  said: { conversation_id: string; position: number; seq: number; text: string };
}

/** A message that no table takes. */
export const POISON = 'poison';

export const tallyMigrations: Migrations = {
  '0001-said': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('said')
        .addColumn('conversation_id', 'text', (column) => column.notNull())
        .addColumn('position', 'bigint', (column) => column.primaryKey())
        .addColumn('seq', 'integer', (column) => column.notNull())
        .addColumn('text', 'text', (column) => column.notNull().check(sql`text <> ${sql.lit(POISON)}`))
        .execute();
    },
  },
};

/** A plain insert per message: applied twice it would fail, and a lost one would leave a hole. */
export const tally: Projection<MessageEvent, TallyDb> = {
  name: 'tally',
  log: 'conv',
  tables: ['said'],
  on: {
    'message.sent': (tx, events) => insertRows(tx, 'said', events.map(saidRow)).execute(),
  },
};

export function saidRow({ position, seq, data }: RecordedEvent<MessageSent>): TallyDb['said'] {
  return { conversation_id: data.conversationId, position, seq: seq ?? 0, text: wordsOf(data.content) };
}

export function newConversation(): ConversationId {
  return newId('cnv');
}

/** Writes messages straight into the log, in order, and answers the position of the last. */
export async function say(
  nc: NatsConnection,
  conversationId: ConversationId,
  { texts, afterSeq = 0 }: { readonly texts: readonly string[]; readonly afterSeq?: number },
): Promise<number> {
  let position = 0;
  for (let start = 0; start < texts.length; start += IN_FLIGHT_MAX) {
    const acks = texts.slice(start, start + IN_FLIGHT_MAX).map((text, index) => {
      const event = messageSentEvent(conversationId, { seq: afterSeq + start + index + 1, text });
      return append(nc, subjectOf(conversationId, 'm'), JSON.stringify(event));
    });
    position = (await Promise.all(acks)).at(-1) ?? position;
  }
  return position;
}

/** Any bytes into a lane: what a broken writer would leave. */
export function append(nc: NatsConnection, subject: string, body: string): Promise<number> {
  return nc
    .request(subject, body, { timeout: PUBLISH_TIMEOUT_MS })
    .then((reply) => reply.json<{ seq: number }>().seq);
}

export function subjectOf(conversationId: ConversationId, lane: string): string {
  return eventSubject('conv', main, { aggregateId: conversationId, lane });
}

export function messageSentEvent(
  conversationId: ConversationId,
  { seq, text }: { seq: number; text: string },
) {
  return {
    id: newId('evt'),
    type: 'message.sent' as const,
    v: 1,
    tenant: main,
    aggregateId: conversationId,
    seq,
    actorId: 'usr_00000000000000000000000000' as UserId,
    at: '2026-11-21T08:00:00.000Z' as Timestamp,
    causationId: randomUUID(),
    correlationId: 'test',
    data: {
      conversationId,
      messageId: newId<MessageId>('msg'),
      clientMessageId: newUuidV7() as ClientMessageId,
      content: { type: 'text' as const, text },
    },
  };
}

/** An instance's runner; what it says is kept in `said`. */
export function tallyRunner(
  nc: NatsConnection,
  database: TestDatabase<TallyDb>,
  options: { readonly instance?: string; readonly projection?: Projection<MessageEvent, TallyDb> } = {},
) {
  const lines: string[] = [];
  const note = (context: object, message: string) => void lines.push(`${message} ${JSON.stringify(context)}`);
  const runner = new ProjectionRunner({
    nc,
    db: database.db,
    databaseUrl: database.url,
    schema: database.schema,
    instance: options.instance ?? 'tally-1',
    projection: options.projection ?? tally,
    log: { info: note, warn: note, error: note },
  });
  runner.start();
  return { runner, lines };
}

export async function saidIn(db: Kysely<TallyDb>, conversationId: ConversationId): Promise<number[]> {
  const rows = await db
    .selectFrom('said')
    .select('seq')
    .where('conversation_id', '=', conversationId)
    .orderBy('position')
    .execute();
  return rows.map(({ seq }) => seq);
}

export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

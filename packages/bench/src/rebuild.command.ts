import { setTimeout as delay } from 'node:timers/promises';

import {
  type ClientMessageId,
  type ConversationEvent,
  type ConversationId,
  type MessageEvent,
  type MessageId,
  newId,
  newUuidV7,
  type StoredEvent,
  timestampOf,
  type UserId,
} from '@parley/contracts';
import { connectNats, JetStreamEventStore } from '@parley/jetstream';
import { type Infra, startInfra, startSystem } from '@parley/local';
import { connectPostgres } from '@parley/postgres';
import { type Kysely, sql } from 'kysely';

import { describeMachine } from './machine.ts';
import { conversationStarted, TENANT, writeAll } from './parley-seed.ts';
import { versionsOf } from './parley.driver.ts';
import { table } from './performance-page.ts';
import { textOf } from './socket-io-crowd.ts';

const MEMBER_COUNT = 20;
/** How many messages one append writes: conversations take turns, as they would in a log that grew by itself. */
const APPEND_COUNT = 20;
const REBUILD_MS_MAX = 120_000;
const POLL_MS = 10;

export interface RebuildOptions {
  readonly eventCount: number;
  readonly conversationCount: number;
  readonly say: (line: string) => void;
}

interface Rebuilt {
  readonly eventCount: number;
  readonly elapsedMs: number;
}

/** Fills a log, then times the timeline from an empty schema to its head. Answers the section for the page. */
export async function benchRebuild(options: RebuildOptions): Promise<string> {
  await using infra = await startInfra({ fsync: true });
  // Once with the services that the log needs to exist at all: they migrate.
  const migrated = await startSystem({ infra, services: [], logLevel: 'warn' });
  await migrated.stop();
  const filledMs = await timed(() => fillLog(infra, options));
  options.say(`${options.eventCount} messages written in ${(filledMs / 1_000).toFixed(1)} s`);

  const { eventCount, elapsedMs } = await rebuild(infra);
  const rate = Math.round(eventCount / (elapsedMs / 1_000));
  const row = [
    `timeline, ${options.conversationCount} conversations`,
    `${eventCount}`,
    (elapsedMs / 1_000).toFixed(2),
    `**${rate}**`,
  ];
  return [
    '## Rebuilding a read model',
    `${new Date().toISOString().slice(0, 10)} · \`pnpm bench rebuild\` · ${describeMachine(versionsOf(infra))}`,
    'The message service starts on an empty schema and a full log, with fsync on; timed from the first event applied to ' +
      'the head of the log. Nothing is pinned. Its other projection reads the same log at the same time.',
    table(['Read model', 'events', 'seconds', 'events/s'], [row]),
  ].join('\n\n');
}

async function rebuild(infra: Infra): Promise<Rebuilt> {
  const db = connectPostgres<unknown>({ url: infra.postgres.url('admin'), name: 'bench', poolSize: 1 });
  const head = await headOf(infra);
  const starting = startSystem({ infra, services: ['message'], logLevel: 'warn' });
  try {
    const endMs = performance.now() + REBUILD_MS_MAX;
    let begun: { readonly atMs: number; readonly position: number } | undefined;
    while (performance.now() < endMs) {
      const position = await positionOf(db);
      const nowMs = performance.now();
      if (begun === undefined && position > 0) begun = { atMs: nowMs, position };
      if (begun && position >= head) {
        return { eventCount: position - begun.position, elapsedMs: nowMs - begun.atMs };
      }
      await delay(POLL_MS);
    }
    throw new Error(`the timeline did not reach ${head} in time`);
  } finally {
    await db.destroy();
    await (await starting).stop();
  }
}

async function headOf(infra: Infra): Promise<number> {
  const answer = await fetch(`${infra.nats.monitorUrl}/jsz?streams=true`);
  const state = (await answer.json()) as {
    readonly account_details: readonly {
      readonly stream_detail: readonly {
        readonly name: string;
        readonly state: { readonly last_seq: number };
      }[];
    }[];
  };
  const streams = state.account_details.flatMap(({ stream_detail: details }) => details);
  return streams.find(({ name }) => name === 'EVT_CONV')?.state.last_seq ?? 0;
}

async function positionOf(db: Kysely<unknown>): Promise<number> {
  const { rows } = await sql<{ position: number }>`
    select position from message.checkpoint where projection = 'timeline'
  `.execute(db);
  return rows[0]?.position ?? 0;
}

async function fillLog(infra: Infra, { eventCount, conversationCount }: RebuildOptions): Promise<void> {
  const conversations = Array.from({ length: conversationCount }, (_, index) => ({
    id: newId<ConversationId>('cnv'),
    name: `Room ${index}`,
    memberIds: Array.from({ length: MEMBER_COUNT }, () => newId<UserId>('usr')),
    position: 0,
    seq: 0,
  }));
  await asService<ConversationEvent>(infra, 'conversation', (store) =>
    writeAll(conversations, async (conversation) => {
      const { id, memberIds, name } = conversation;
      const positions = await store.append(id, [conversationStarted(id, memberIds, name)], 0);
      conversation.position = positions.at(-1) ?? 0;
      conversation.seq = 1;
    }),
  );
  const roundCount = Math.ceil(eventCount / conversationCount / APPEND_COUNT);
  await asService<MessageEvent>(infra, 'message', async (store) => {
    for (let round = 0; round < roundCount; round += 1) {
      await writeAll(conversations, async (conversation) => {
        const events = Array.from({ length: APPEND_COUNT }, (_, index) => sentBy(conversation, index));
        const positions = await store.append(conversation.id, events, conversation.position);
        conversation.position = positions.at(-1) ?? 0;
        conversation.seq += APPEND_COUNT;
      });
    }
  });
}

/** Each service may write its own lanes only, so the log is filled in the name of both. */
async function asService<Event extends { readonly type: string; readonly data: unknown }>(
  infra: Infra,
  service: string,
  write: (store: JetStreamEventStore<Event>) => Promise<void>,
): Promise<void> {
  const nc = await connectNats({ url: infra.nats.url(service), name: 'bench' });
  await write(await JetStreamEventStore.open<Event>(nc, { log: 'conv', tenant: TENANT }));
  await nc.drain();
}

function sentBy(
  {
    id,
    memberIds,
    seq,
  }: { readonly id: ConversationId; readonly memberIds: readonly UserId[]; readonly seq: number },
  index: number,
): StoredEvent<MessageEvent> {
  const clientMessageId = newUuidV7() as ClientMessageId;
  const messageId = newId<MessageId>('msg');
  const actorId = memberIds[(seq + index) % memberIds.length] as UserId;
  return {
    type: 'message.sent',
    data: {
      conversationId: id,
      messageId,
      clientMessageId,
      content: { type: 'text', text: textOf(seq + index) },
    },
    id: newId('evt'),
    v: 1,
    tenant: TENANT,
    aggregateId: id,
    seq: seq + index + 1,
    actorId,
    at: timestampOf(Date.now()),
    causationId: newId('cmd'),
    correlationId: 'bench',
  };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

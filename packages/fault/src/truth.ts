import { readFile } from 'node:fs/promises';

import {
  type ConversationEvent,
  type MessageContent,
  type MessageEvent,
  type RecordedEvent,
  wordsOf,
} from '@parley/contracts';
import { connectNats, lastPositionOf, openEventFeed } from '@parley/jetstream';
import type { Infra, System } from '@parley/local';
import { connectPostgres, listProjections } from '@parley/postgres';
import { sql } from 'kysely';

import type { LogEntry, Message, ProcessRecord } from './history.ts';
import type { Strike } from './nemesis.ts';

const FEED_BATCH_SIZE = 2_000;
const FEED_IDLE_MS = 2_000;
const UNHANDLED = /"level":"fatal"|unhandledRejection|UnhandledPromiseRejection|uncaughtException/;
const UNHANDLED_LINE_COUNT_MAX = 5;

type NumberedFact = ConversationEvent | MessageEvent;

/** All conversations' numbered events, in the order in which JetStream stored them. */
export async function readLog(infra: Infra): Promise<readonly LogEntry[]> {
  const nc = await connectNats({ url: infra.nats.url('admin'), name: 'fault checker' });
  try {
    const feed = await openEventFeed<NumberedFact>(nc, {
      log: 'conv',
      from: { after: 0 },
      sizeMax: FEED_BATCH_SIZE,
    });
    const entries: LogEntry[] = [];
    for (let position = 0; position < feed.lastPosition;) {
      const batch = await feed.next(FEED_IDLE_MS);
      for (const item of batch) {
        if (item.kind === 'event' && item.event.seq !== undefined) entries.push(entryOf(item.event));
        position = item.position;
      }
    }
    await feed.stop();
    return entries;
  } finally {
    await nc.close();
  }
}

/** Where the conversations' log ends. */
export async function endOfLog(infra: Infra): Promise<number> {
  const nc = await connectNats({ url: infra.nats.url('admin'), name: 'fault checker' });
  try {
    return await lastPositionOf(nc, 'conv');
  } finally {
    await nc.close();
  }
}

/** How far the timeline's tables are. */
export async function timelinePosition(infra: Infra): Promise<number> {
  return withMessageTables(infra, async (db) => {
    const models = await listProjections(db);
    return models.find(({ name }) => name === 'timeline')?.position ?? 0;
  });
}

/** Every message as Postgres has it. */
export async function readRows(infra: Infra): Promise<readonly Message[]> {
  return withMessageTables(infra, async (db) => {
    const { rows } = await sql<Omit<Message, 'text'> & { readonly content: MessageContent | null }>`
      select conversation_id as "conversationId", seq, message_id as "messageId", sender_id as "senderId",
        client_message_id::text as "clientMessageId", content
      from message where content ->> 'type' is distinct from 'system' order by conversation_id, seq`.execute(
      db,
    );
    return rows.map(({ content, ...row }) => ({ ...row, text: wordsOf(content) }));
  });
}

/** What each service's process went through, and what its log has to say. */
export function readProcesses(
  { infra, system }: { readonly infra: Infra; readonly system: System },
  strikes: readonly Strike[],
): Promise<readonly ProcessRecord[]> {
  return Promise.all(
    system.processes.map(async ({ name, restartCount, pid }) => ({
      name,
      killed: strikes.filter((strike) => strike.process === name).length,
      restarted: restartCount,
      running: pid !== undefined,
      unhandled: await unhandledLines(infra.workspace.logFile(name)),
    })),
  );
}

async function unhandledLines(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => UNHANDLED.test(line))
    .slice(0, UNHANDLED_LINE_COUNT_MAX);
}

async function withMessageTables<Answer>(
  infra: Infra,
  ask: (db: ReturnType<typeof connectPostgres<unknown>>) => Promise<Answer>,
): Promise<Answer> {
  const url = infra.postgres.url('admin');
  const db = connectPostgres<unknown>({ url, name: 'fault checker', schema: 'message', poolSize: 1 });
  try {
    return await ask(db);
  } finally {
    await db.destroy();
  }
}

function entryOf(event: RecordedEvent<NumberedFact>): LogEntry {
  const seq = event.seq ?? 0;
  const { conversationId } = event.data;
  if (event.type === 'message.sent') {
    const { messageId, clientMessageId, content } = event.data;
    const senderId = event.actorId;
    return {
      kind: 'message',
      message: { conversationId, seq, messageId, senderId, clientMessageId, text: wordsOf(content) },
    };
  }
  if ('members' in event.data) {
    const joined = event.data.members.map(({ userId }) => userId);
    return { kind: 'membership', conversationId, seq, joined, left: [] };
  }
  const joined = event.type === 'conversation.member-joined' ? [event.data.userId] : [];
  return { kind: 'membership', conversationId, seq, joined, left: goneBy(event) };
}

function goneBy(event: RecordedEvent<NumberedFact>): readonly string[] {
  if (event.type === 'conversation.dissolved') return event.data.memberIds;
  const isGoing = event.type === 'conversation.member-removed' || event.type === 'conversation.member-left';
  return isGoing ? [event.data.userId] : [];
}

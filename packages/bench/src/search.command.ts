import { setTimeout as delay } from 'node:timers/promises';

import {
  type ClientMessageId,
  type ConversationId,
  type MessageEvent,
  type MessageId,
  newId,
  newUuidV7,
  searchMessages,
  type StoredEvent,
  timestampOf,
  type UserId,
} from '@parley/contracts';
import { askQuery, connectNats, lastPositionOf } from '@parley/jetstream';
import { type Infra, startInfra, startSystem } from '@parley/local';
import { connectPostgres } from '@parley/postgres';
import { type Kysely, sql } from 'kysely';

import { Histogram } from './histogram.ts';
import { describeMachine } from './machine.ts';
import { conversationStarted, TENANT } from './parley-seed.ts';
import { versionsOf } from './parley.driver.ts';
import { inMs, table } from './performance-page.ts';
import { pick, type Random, seededRandom } from './random.ts';
import { TextWriter } from './search-texts.ts';
import { writeLog } from './write-log.ts';

const CONVERSATION_COUNT = 200;
const MEMBER_COUNT = 20;
/** How many messages of a talk lie next to one another. */
const TURN_LENGTH = 50;
const SEED = 42;
const WARM_UP_COUNT = 5;
const ANSWER_MS_MAX = 5_000;
const PROJECT_MS_MAX = 3_600_000;
const POLL_MS = 100;

/** What is looked for: each kind is a row of the table. */
const SEARCHES: Readonly<Record<string, string>> = {
  'two words without accents': 'tieng viet',
  'a word with accents, the exact ones first': 'đường',
  'a phrase of five words': 'khong biet noi gi nua',
  'a word of two signs': '上海',
  'one sign': '海',
  'a pair of letters in most messages': 'ng',
  'what nobody said': 'xyzzy',
};

export interface SearchOptions {
  readonly messageCounts: readonly number[];
  readonly searchCount: number;
  readonly say: (line: string) => void;
}

interface Talk {
  readonly id: ConversationId;
  readonly memberIds: readonly UserId[];
  /** The number of what was said last. */
  seq: number;
}

/** Fills a log step by step and asks the message service, as the gateway would, in the name of who is in every talk. */
export async function benchSearch({ messageCounts, searchCount, say }: SearchOptions): Promise<string> {
  // Nothing that is measured writes.
  await using infra = await startInfra({ fsync: false, natsFsync: false });
  const system = await startSystem({
    infra,
    services: ['message'],
    logLevel: 'warn',
    env: { DURABILITY: 'relaxed' },
  });
  const db = connectPostgres<unknown>({ url: infra.postgres.url('admin'), name: 'bench', poolSize: 1 });
  try {
    const asker = newId<UserId>('usr');
    const talks = await startTalks(infra, asker);
    const random = seededRandom(SEED);
    const rows: string[][] = [];
    let written = 0;
    for (const count of messageCounts) {
      await write(infra, talks, { count: count - written, random });
      written = count;
      await projected(db, infra);
      say(`${count} messages are in the index`);
      for (const [what, q] of Object.entries(SEARCHES)) {
        const row = [`${count}`, what, ...(await measure(infra, { userId: asker, q }, searchCount))];
        say(row.join(' · '));
        rows.push(row);
      }
    }
    return section(rows, describeMachine(versionsOf(infra)));
  } finally {
    await db.destroy();
    await system.stop();
  }
}

function section(rows: readonly (readonly string[])[], machine: string): string {
  return [
    '## Search',
    `${new Date().toISOString().slice(0, 10)} · \`pnpm bench search\` · ${machine}`,
    `The first page of 20 with its facets, for a person in ${CONVERSATION_COUNT} conversations that hold all messages; asked of ` +
      'the message service over NATS, one search after the other. Nothing is pinned.',
    table(['messages', 'searched for', 'p50 ms', 'p99 ms', 'on the page', 'counted for facets'], rows),
  ].join('\n\n');
}

async function measure(
  infra: Infra,
  asked: { readonly userId: UserId; readonly q: string },
  count: number,
): Promise<readonly string[]> {
  const nc = await connectNats({ url: infra.nats.url('gateway'), name: 'bench' });
  const times = new Histogram();
  let found = '';
  let counted = '';
  for (let index = 0; index < count + WARM_UP_COUNT; index += 1) {
    const startedMs = performance.now();
    const outcome = await askQuery(nc, searchMessages, {
      data: { ...asked, limit: 20 },
      meta: { tenant: TENANT, correlationId: 'bench' },
      timeoutMs: ANSWER_MS_MAX,
    });
    if (outcome.kind !== 'ok') throw new Error(`${asked.q} was answered with ${JSON.stringify(outcome)}`);
    if (index >= WARM_UP_COUNT) times.record(performance.now() - startedMs);
    const { data, facets } = outcome.answer;
    found = `${data.length}`;
    counted = `${facets?.isExact === true ? '' : '≥ '}${facets?.matchCount ?? 0}`;
  }
  await nc.drain();
  return [inMs(times.quantile(0.5)), inMs(times.quantile(0.99)), found, counted];
}

async function startTalks(infra: Infra, asker: UserId): Promise<readonly Talk[]> {
  const talks = Array.from({ length: CONVERSATION_COUNT }, () => ({
    id: newId<ConversationId>('cnv'),
    memberIds: [asker, ...Array.from({ length: MEMBER_COUNT - 1 }, () => newId<UserId>('usr'))],
    seq: 1,
  }));
  const nc = await connectNats({ url: infra.nats.url('conversation'), name: 'bench' });
  const begun = talks.map(({ id, memberIds }) => conversationStarted(id, memberIds, 'Phố'));
  await writeLog(nc, begun);
  await nc.drain();
  return talks;
}

interface Writing {
  readonly count: number;
  readonly random: Random;
}

async function write(infra: Infra, talks: readonly Talk[], writing: Writing): Promise<void> {
  const nc = await connectNats({ url: infra.nats.url('message'), name: 'bench' });
  await writeLog(nc, saidIn(talks, writing));
  await nc.drain();
}

/** A few talks get most of what is said. */
function* saidIn(talks: readonly Talk[], { count, random }: Writing): Generator<StoredEvent<MessageEvent>> {
  const writer = new TextWriter(random);
  for (let said = 0; said < count;) {
    const talk = pick(random, talks.slice(0, Math.ceil(talks.length * random() ** 2)));
    for (let turn = 0; turn < TURN_LENGTH && said < count; turn += 1, said += 1) {
      talk.seq += 1;
      yield sent(talk, writer.next());
    }
  }
}

function sent({ id, memberIds, seq }: Talk, text: string): StoredEvent<MessageEvent> {
  return {
    type: 'message.sent',
    data: {
      conversationId: id,
      messageId: newId<MessageId>('msg'),
      clientMessageId: newUuidV7() as ClientMessageId,
      content: { type: 'text', text },
    },
    id: newId('evt'),
    v: 1,
    tenant: TENANT,
    aggregateId: id,
    seq,
    actorId: memberIds[seq % memberIds.length] as UserId,
    at: timestampOf(Date.now()),
    causationId: newId('cmd'),
    correlationId: 'bench',
  };
}

/** Until both models that an answer is made of have come to the log's end, and the planner knows their size. */
async function projected(db: Kysely<unknown>, infra: Infra): Promise<void> {
  const head = await headOf(infra);
  const endMs = performance.now() + PROJECT_MS_MAX;
  for (let position = 0; position < head; await delay(POLL_MS)) {
    const { rows } = await sql<{ position: number | null }>`
      select min(position) as position from message.checkpoint
      where projection in ('timeline', 'search-index')`.execute(db);
    position = rows[0]?.position ?? 0;
    if (performance.now() > endMs) throw new Error(`the index is at ${position} of ${head}`);
  }
  for (const name of ['message', 'membership', 'search_entry']) {
    await sql`analyze ${sql.id('message', name)}`.execute(db);
  }
}

async function headOf(infra: Infra): Promise<number> {
  const nc = await connectNats({ url: infra.nats.url('admin'), name: 'bench' });
  const head = await lastPositionOf(nc, 'conv');
  await nc.drain();
  return head;
}

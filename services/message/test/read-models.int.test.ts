import { createHash } from 'node:crypto';

import {
  type ConversationEvent,
  type HiddenEvent,
  type MessageEvent,
  type PositionEvent,
  RECEIPT_TIME_SEQ_COUNT,
  type RecordedEvent,
  type UserId,
} from '@parley/contracts';
import { hashProjection, resetProjection } from '@parley/postgres';
import { databaseTest, runInBatches } from '@parley/testing';
import * as fc from 'fast-check';
import { type Kysely, sql } from 'kysely';
import { expect } from 'vitest';

import { hiddenMessages } from '../src/projections/hidden-messages.projection.ts';
import { receipts } from '../src/projections/receipts.projection.ts';
import { searchIndex } from '../src/projections/search-index.projection.ts';
import { timeline } from '../src/projections/timeline.projection.ts';
import { migrations } from '../src/storage/migrations/index.ts';
import type { MessageDb } from '../src/storage/schema.ts';
import { FILE_NAME, operation, type PlainMessage, type PlainPlace, Town } from './town.ts';

const OPERATION_COUNT = 50_000;
const LOOK_COUNT = 2;
/** Of other sizes, so that the tables are seen not to depend on them. */
const LIVE_BATCH_SIZE = 700;
const REBUILD_BATCH_SIZE = 5_000;
const models = [timeline, hiddenMessages, receipts, searchIndex];

const test = databaseTest<MessageDb>(migrations);

type Rows = Readonly<Record<string, readonly (readonly unknown[])[]>>;

/** The tables as they are, but for what follows from the rest. */
async function tablesOf(db: Kysely<MessageDb>): Promise<Rows> {
  const read = async (columns: string, table: string) => {
    const query = sql.raw(`select json_build_array(${columns}) as row from ${table}`);
    const { rows } = await sql<{ row: readonly unknown[] }>`${query}`.execute(db);
    return rows.map(({ row }) => row);
  };
  const of = 'conversation_id, message_seq';
  return {
    message: await read(
      `conversation_id, seq, sender_id, content ->> 'text', changed_seq, deleted_by, edited_at is not null,
        reply_to -> 'seq', reply_to #>> '{preview,text}', mentions, content ->> 'template'`,
      'message',
    ),
    message_version: await read(`${of}, version_seq, content ->> 'text'`, 'message_version'),
    message_count: await read('conversation_id, sender_id, type, count', 'message_count where count <> 0'),
    reaction: await read(`${of}, emoji, user_id, reacted_seq`, 'reaction'),
    pin: await read(`${of}, pinned_seq, pinned_by`, 'pin'),
    attachment: await read(`${of}, file_id`, 'attachment'),
    membership: await read('conversation_id, user_id, joined_seq, left_seq', 'membership'),
    search_entry: await read(
      'conversation_id, seq, position, sender_id, has_attachment, mentions, folded',
      'search_entry',
    ),
    hidden_message: await read(`${of}, user_id`, 'hidden_message'),
    receipt: await read(
      `conversation_id, user_id, kind, up_to_seq, to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
      'receipt',
    ),
  };
}

/** The same by the plain account. */
function wantedTables({ places }: Town): Rows {
  const each = (of: (message: PlainMessage, place: readonly unknown[]) => readonly (readonly unknown[])[]) =>
    places.flatMap(({ conversationId, said }) =>
      said.flatMap((message) => of(message, [conversationId, message.seq])),
    );
  const standing = (of: Parameters<typeof each>[0]) =>
    each((message, place) => (message.deletedBy === undefined ? of(message, place) : []));
  return {
    message: [...each((message, place) => [[...place, ...messageRow(message)]]), ...places.flatMap(lineRows)],
    message_version: standing(({ texts }, place) =>
      texts.length === 1 ? [] : texts.map(({ seq, text }) => [...place, seq, text]),
    ),
    message_count: places.flatMap(countRows),
    reaction: standing(({ reactions }, place) =>
      [...reactions].map(([key, seq]) => [...place, ...key.split(' '), seq]),
    ),
    pin: standing(({ pinned }, place) => (pinned ? [[...place, pinned.seq, pinned.by]] : [])),
    attachment: standing(({ fileId }, place) => (fileId ? [[...place, fileId]] : [])),
    membership: places.flatMap(({ conversationId, stays }) =>
      stays.map(({ userId, joinedSeq, leftSeq }) => [conversationId, userId, joinedSeq, leftSeq ?? null]),
    ),
    search_entry: standing(({ position, senderId, fileId, mentions, texts }, place) => {
      const text = texts.at(-1)?.text ?? '';
      const words = fileId ? `${text} ${FILE_NAME}` : text;
      return [[...place, position, senderId, fileId !== undefined, calledNow({ texts, mentions }), words]];
    }),
    hidden_message: each(({ hiddenFrom }, place) => [...hiddenFrom].map((userId) => [...place, userId])),
    receipt: places.flatMap(receiptRows),
  };
}

function messageRow(message: PlainMessage): readonly unknown[] {
  const { senderId, texts, changedSeq, deletedBy = null, answers, quoted } = message;
  const isGone = deletedBy !== null;
  return [
    senderId,
    isGone ? null : texts.at(-1)?.text,
    changedSeq,
    deletedBy,
    !isGone && texts.length > 1,
    answers?.seq ?? null,
    isGone || answers?.deletedBy ? null : quoted,
    isGone ? [] : calledNow(message),
    null,
  ];
}

/** Who is called by what it says now: an edit says so anew. */
function calledNow({ texts, mentions }: Pick<PlainMessage, 'texts' | 'mentions'>): readonly UserId[] {
  return texts.length === 1 ? mentions : [];
}

function lineRows({ conversationId, lines }: PlainPlace): readonly (readonly unknown[])[] {
  return lines.map(({ seq, by, template }) => {
    return [conversationId, seq, by, null, seq, null, false, null, null, [], template];
  });
}

function countRows({ conversationId, said }: PlainPlace): readonly (readonly unknown[])[] {
  const standing = said.filter(({ deletedBy }) => deletedBy === undefined);
  const groups = Map.groupBy(standing, ({ senderId, fileId }) => `${senderId} ${fileId ? 'image' : 'text'}`);
  return [...groups].map(([key, own]) => [conversationId, ...key.split(' '), own.length]);
}

/** Of all that was told only what nothing told as early reaches beyond, and not far behind the furthest. */
function receiptRows({ conversationId, told }: PlainPlace): readonly (readonly unknown[])[] {
  const stairs = Map.groupBy(told, ({ userId, kind }) => `${userId} ${kind}`);
  return [...stairs].flatMap(([key, own]) => {
    const furthest = Math.max(...own.map(({ upToSeq }) => upToSeq));
    const earliestFrom = new Map<number, string>();
    let earliest: string | undefined;
    for (const { upToSeq, at } of own.toSorted((one, other) => other.upToSeq - one.upToSeq)) {
      const isFirstOfItsNumber = !earliestFrom.has(upToSeq);
      if (earliest !== undefined && at >= earliest) continue;
      if (!isFirstOfItsNumber || earliest === undefined || at < earliest) earliestFrom.set(upToSeq, at);
      earliest = at;
    }
    return [...earliestFrom]
      .filter(([upToSeq]) => upToSeq > furthest - RECEIPT_TIME_SEQ_COUNT)
      .map(([upToSeq, at]) => [conversationId, ...key.split(' '), upToSeq, at]);
  });
}

/** Of each table one hash: equal hashes, equal rows. */
function hashesOf(rows: Rows): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(rows).map(([table, own]) => {
      const lines = own.map((row) => JSON.stringify(row)).toSorted();
      return [table, createHash('sha256').update(lines.join('\n')).digest('hex')];
    }),
  );
}

async function project(db: Kysely<MessageDb>, events: Town['events'], batchSize: number): Promise<void> {
  const ofPeople = events.filter(({ type }) => type === 'message.hidden');
  const ofConversations = events.filter(({ type }) => type !== 'message.hidden');
  const told = <Event>(history: Town['events']) => ({ history: history as readonly Event[], batchSize });
  type OfTimeline = RecordedEvent<ConversationEvent | MessageEvent>;
  await runInBatches(db, hiddenMessages, told<RecordedEvent<HiddenEvent>>(ofPeople));
  await runInBatches(db, timeline, told<OfTimeline>(ofConversations));
  await runInBatches(db, searchIndex, told<RecordedEvent<MessageEvent>>(ofConversations));
  await runInBatches(db, receipts, told<RecordedEvent<PositionEvent>>(ofConversations));
}

test(
  `after ${OPERATION_COUNT} random acts the tables are a fold of the log, and again after a rebuild`,
  { timeout: 240_000 },
  async ({ db }) => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const length = { minLength: OPERATION_COUNT, maxLength: OPERATION_COUNT };
    const [drawn = []] = fc.sample(fc.array(operation, length), { numRuns: 1, seed });
    expect(drawn).toHaveLength(OPERATION_COUNT);
    const town = new Town();
    const share = OPERATION_COUNT / LOOK_COUNT;
    for (let start = 0; start < OPERATION_COUNT; start += share) {
      for (const one of drawn.slice(start, start + share)) town.happens(one);
      await project(db, town.events, LIVE_BATCH_SIZE);
      expect({ seed, hashes: hashesOf(await tablesOf(db)) }).toEqual({
        seed,
        hashes: hashesOf(wantedTables(town)),
      });
    }

    const before = await Promise.all(models.map((model) => hashProjection(db, model)));
    for (const { name } of models) await resetProjection(db, name);
    await project(db, town.events, REBUILD_BATCH_SIZE);
    const after = await Promise.all(models.map((model) => hashProjection(db, model)));
    expect({ seed, after }).toEqual({ seed, after: before });
    for (const [index, { name }] of models.entries()) {
      process.stdout.write(`${name} after ${OPERATION_COUNT} acts and a rebuild: ${after[index]?.total}\n`);
    }
  },
);

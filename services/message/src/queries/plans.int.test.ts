import {
  type ConversationId,
  type FileId,
  type MessageId,
  stickerPacks,
  type UserId,
} from '@parley/contracts';
import { databaseTest, tablesReadWhole } from '@parley/testing';
import { type Kysely, sql } from 'kysely';
import { expect } from 'vitest';

import { migrations } from '../storage/migrations/index.ts';
import type { MessageDb } from '../storage/schema.ts';
import { countStickerUses } from './count-sticker-uses.query.ts';
import { getMessageStats } from './get-message-stats.query.ts';
import { listChanges } from './list-changes.query.ts';
import { listHiddenOf } from './list-hidden.query.ts';
import { type HistoryBound, listMessages } from './list-messages.query.ts';
import { listEndedStays } from './list-ended-stays.query.ts';
import { furtherSince, listMissedPositions } from './list-missed-positions.query.ts';
import { readShares, standingOf } from './missed-shares.ts';
import { listPins } from './list-pins.query.ts';
import { listPreviews } from './list-previews.query.ts';
import { listReplies } from './list-replies.query.ts';
import { listReadPositions } from './list-read-positions.query.ts';
import { seesFile } from './sees-file.query.ts';

const test = databaseTest<MessageDb>(migrations);

const CONVERSATION_COUNT = 2_000;
const an = `usr_${'0'.repeat(25)}1` as UserId;
const fileId = `fil_${'0'.repeat(25)}1` as FileId;
const question = `msg_${'0'.repeat(23)}101` as MessageId;
const hanoi = `cnv_${'0'.repeat(25)}1` as ConversationId;

function id(prefix: string, number: string) {
  return sql.raw(`'${prefix}_' || lpad((${number})::text, 26, '0')`);
}

/** 2,000 conversations of five people, with twenty messages each and something done to some; An is in the first. */
async function fill(db: Kysely<MessageDb>): Promise<void> {
  const places = sql`generate_series(1, ${sql.lit(CONVERSATION_COUNT)}) as place`;
  const someone = id('usr', 'place * 5 + seat - 4');
  const statements = [
    sql`insert into membership (conversation_id, user_id, joined_seq, joined_position)
      select ${id('cnv', 'place')}, ${someone}, 1, place from ${places}, generate_series(0, 4) as seat`,
    sql`insert into message (conversation_id, seq, message_id, sender_id, client_message_id, content, sent_at,
        changed_seq, position, changed_position, reply_to)
      select ${id('cnv', 'place')}, said + 1, ${id('msg', 'place * 100 + said')},
        ${id('usr', 'place * 5 + said % 5 - 4')}, gen_random_uuid(),
        jsonb_build_object('type', 'text', 'text', repeat(md5(said::text), 4)), now(), said + 1,
        place * 20 + said, place * 20 + said + said % 3,
        case when said > 1 then jsonb_build_object('messageId', ${id('msg', 'place * 100 + 1')}) end
      from ${places}, generate_series(1, 20) as said`,
    sql`insert into message_count
      select conversation_id, sender_id, 'text', count(*) from message group by 1, 2`,
    sql`insert into reaction select conversation_id, seq, '👍', sender_id, seq + 1 from message where seq % 4 = 0`,
    sql`insert into pin select conversation_id, seq, seq + 1, sender_id, now() from message where seq = 8`,
    sql`insert into attachment
      select ${id('fil', 'row_number() over ()')}, conversation_id, seq from message where seq % 4 = 1`,
    sql`insert into hidden_message (user_id, conversation_id, message_seq, message_id, position)
      select sender_id, conversation_id, seq, message_id, 1 from message where seq % 5 = 0`,
    sql`insert into history_rule select ${id('cnv', 'place')}, true, false from ${places}`,
    sql`insert into message_version
      select conversation_id, seq, seq, content, sent_at from message where seq % 4 = 2`,
    sql`insert into sticker_count select ${id('stk', 'number')}, number from generate_series(1, 2000) as number`,
    sql`insert into receipt select conversation_id, user_id, 'read', 2, now(), 1 from membership`,
  ];
  await db.transaction().execute(async (tx) => {
    // Filling is no question: it takes as long as the machine takes.
    await sql`set local statement_timeout = 0`.execute(tx);
    for (const statement of statements) await statement.execute(tx);
    await sql`analyze`.execute(tx);
  });
}

test(
  'nothing that is asked about a conversation reads a table from end to end',
  { timeout: 60_000 },
  async ({ db }) => {
    await fill(db);
    const own = { userId: an, conversationId: hanoi };
    const bounds: Readonly<Record<string, HistoryBound>> = {
      latest: { from: 'latest' },
      before: { from: 'before', seq: 10 },
      after: { from: 'after', seq: 10 },
      around: { from: 'around', seq: 10 },
    };
    const found: Record<string, readonly string[]> = {};
    for (const [name, bound] of Object.entries(bounds)) {
      found[name] = await tablesReadWhole(db, (planned) =>
        listMessages(planned, { ...own, bound, limit: 50 }),
      );
    }
    found['changes'] = await tablesReadWhole(db, (planned) =>
      listChanges(planned, { ...own, afterSeq: 10, limit: 50 }),
    );
    found['hidden'] = await tablesReadWhole(db, (planned) => listHiddenOf(planned, [an]));
    found['pins'] = await tablesReadWhole(db, (planned) => listPins(planned, own));
    found['replies'] = await tablesReadWhole(db, (planned) =>
      listReplies(planned, { userId: an, messageId: question, afterSeq: 0, limit: 50 }),
    );
    found['counts'] = await tablesReadWhole(db, (planned) => getMessageStats(planned, own));
    found['file'] = await tablesReadWhole(db, (planned) => seesFile(planned, { userId: an, fileId }));
    found['previews'] = await tablesReadWhole(db, (planned) =>
      listPreviews(planned, { userId: an, before: [{ conversationId: hanoi, seq: 21 }] }),
    );
    found['stickers'] = await tablesReadWhole(db, (planned) =>
      countStickerUses(planned, {
        stickerIds: stickerPacks.flatMap(({ stickers }) => stickers.map((one) => one.stickerId)),
      }),
    );
    const since = { ...own, since: CONVERSATION_COUNT * 10 };
    const whole = { knownSeq: 5, afterSeq: 5, isSnapshot: false, limit: 50 };
    const shares = [{ ...whole, conversationId: hanoi, headSeq: 21, headPosition: 50_000 }];
    found['standing'] = await tablesReadWhole(db, (planned) => standingOf(planned, since, [hanoi]));
    found['missed'] = await tablesReadWhole(db, (planned) => readShares(planned, since, shares));
    found['moved'] = await tablesReadWhole(db, (planned) =>
      listMissedPositions(planned, { ...since, limit: 50 }),
    );
    found['further'] = await tablesReadWhole(db, (planned) =>
      furtherSince(planned, { ...since, ids: [hanoi] }),
    );
    found['ended'] = await tablesReadWhole(db, (planned) => listEndedStays(planned, { ...since, limit: 50 }));
    found['reads'] = await tablesReadWhole(db, (planned) => listReadPositions(planned, own));

    const names = [
      ...Object.keys(bounds),
      'changes',
      'pins',
      'replies',
      'counts',
      'file',
      'previews',
      'stickers',
      'reads',
      'standing',
      'missed',
      'moved',
      'further',
      'ended',
      'hidden',
    ];
    expect(found).toEqual(Object.fromEntries(names.map((name) => [name, []])));
  },
);

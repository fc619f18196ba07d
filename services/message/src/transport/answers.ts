import { failed, type messageQueries, ok, refused } from '@parley/contracts';
import type { AnswerTable } from '@parley/jetstream';
import { answerAt, type FollowedModel } from '@parley/postgres';
import type { Kysely } from 'kysely';

import { countStickerUses } from '../queries/count-sticker-uses.query.ts';
import { getMessageStats } from '../queries/get-message-stats.query.ts';
import { getMessage } from '../queries/get-message.query.ts';
import { type HistoryBound, listMessages, parseHistoryCursor } from '../queries/list-messages.query.ts';
import { seesFile } from '../queries/sees-file.query.ts';
import { listPreviews } from '../queries/list-previews.query.ts';
import type { MessageDb } from '../storage/schema.ts';
import { receiptAnswers } from './answer-receipts.ts';
import { answerSearch } from './answer-search.ts';
import { changeAnswers } from './change-answers.ts';
import { foundOr } from './found-or.ts';
import { missedAnswers } from './missed-answers.ts';

export interface AnswerPorts {
  readonly db: Kysely<MessageDb>;
  readonly timeline: FollowedModel;
  readonly receipts: FollowedModel;
  readonly searchIndex: FollowedModel;
  readonly hidden: FollowedModel;
}

/** What this service answers; a question of the contract without a row does not compile. */
export function messageAnswers({
  db,
  timeline,
  receipts,
  searchIndex,
  hidden,
}: AnswerPorts): AnswerTable<(typeof messageQueries)[number]> {
  const shown = { conv: [timeline], user: [hidden] };

  return {
    ...changeAnswers({ db, timeline, hidden }),
    ...missedAnswers({ db, timeline, receipts, hidden }),

    'message.list-messages': async ({ data, meta }) => {
      const bound = boundOf(data);
      if (bound === undefined) return failed('malformed');
      return answerAt(meta.minPosition, shown, async () => {
        const page = await listMessages(db, { ...data, bound });
        if (page === undefined) return refused('conversation-not-found');
        const { data: messages, prevCursor, nextCursor, hasMore } = page;
        return ok({
          data: messages,
          page: { prevCursor: prevCursor ?? null, nextCursor: nextCursor ?? null, hasMore },
        });
      });
    },

    'message.get-message': async ({ data, meta }) =>
      answerAt(meta.minPosition, shown, async () => foundOr('message-not-found', await getMessage(db, data))),

    'message.get-stats': async ({ data, meta }) =>
      answerAt(meta.minPosition, { conv: [timeline] }, async () =>
        foundOr('conversation-not-found', await getMessageStats(db, data)),
      ),

    'message.search-messages': answerSearch({ db, timeline, searchIndex, hidden }),

    'message.sees-file': async ({ data, meta }) =>
      answerAt(meta.minPosition, shown, async () => ok({ seesFile: await seesFile(db, data) })),

    'message.count-sticker-uses': async ({ data, meta }) =>
      answerAt(meta.minPosition, { conv: [timeline] }, async () => ok(await countStickerUses(db, data))),

    'message.list-previews': async ({ data, meta }) =>
      answerAt(meta.minPosition, shown, async () => ok(await listPreviews(db, data))),

    ...receiptAnswers({ db, timeline, receipts, hidden }),
  };
}

function boundOf(asked: {
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly around?: number | undefined;
  readonly cursor?: string | undefined;
}): HistoryBound | undefined {
  if (asked.cursor !== undefined) return parseHistoryCursor(asked.cursor);
  if (asked.before !== undefined) return { from: 'before', seq: asked.before };
  if (asked.after !== undefined) return { from: 'after', seq: asked.after };
  if (asked.around !== undefined) return { from: 'around', seq: asked.around };
  return { from: 'latest' };
}

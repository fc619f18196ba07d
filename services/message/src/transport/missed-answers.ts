import { type messageSyncQueries, ok } from '@parley/contracts';
import type { AnswerTable } from '@parley/jetstream';
import { answerAt } from '@parley/postgres';

import { listEndedStays } from '../queries/list-ended-stays.query.ts';
import { listMissedMessages } from '../queries/list-missed-messages.query.ts';
import { listMissedPositions } from '../queries/list-missed-positions.query.ts';
import type { AnswerPorts } from './answers.ts';

/** What is answered to a device that was away. */
export function missedAnswers({
  db,
  timeline,
  receipts,
  hidden,
}: Pick<AnswerPorts, 'db' | 'timeline' | 'receipts' | 'hidden'>): AnswerTable<
  (typeof messageSyncQueries)[number]
> {
  return {
    'message.list-missed-messages': async ({ data, meta }) =>
      answerAt(meta.minPosition, { conv: [timeline], user: [hidden] }, async () =>
        ok(await listMissedMessages(db, data)),
      ),

    'message.list-missed-positions': async ({ data, meta }) =>
      answerAt(meta.minPosition, { conv: [timeline, receipts] }, async () =>
        ok(await listMissedPositions(db, data)),
      ),

    'message.list-ended-stays': async ({ data, meta }) =>
      answerAt(meta.minPosition, { conv: [timeline] }, async () => ok(await listEndedStays(db, data))),
  };
}

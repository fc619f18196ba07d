import { type conversationSyncQueries, ok } from '@parley/contracts';
import type { AnswerTable } from '@parley/jetstream';
import { answerAt, type Following } from '@parley/postgres';

import { getConversations } from '../queries/get-conversations.query.ts';
import { listMissedHeads } from '../queries/list-missed-heads.query.ts';
import { listTouchedConversations } from '../queries/list-touched-conversations.query.ts';
import type { AnswerPorts } from './answers.ts';
import { showPreviews } from './show-previews.ts';

/** What is answered to a device that was away. */
export function missedAnswers(
  ports: AnswerPorts,
  following: Following,
): AnswerTable<(typeof conversationSyncQueries)[number]> {
  const { db } = ports;
  return {
    'conversation.get-conversations': async ({ data, meta }) =>
      answerAt(meta.minPosition, following, async () => {
        const found = await getConversations(db, data);
        return ok({ conversations: await showPreviews(ports, found, { userId: data.userId, meta }) });
      }),

    'conversation.list-touched-conversations': async ({ data, meta }) =>
      answerAt(meta.minPosition, following, async () => {
        const { conversations: found, hasMore } = await listTouchedConversations(db, data);
        const conversations = await showPreviews(ports, found, { userId: data.userId, meta });
        return ok({ conversations, hasMore });
      }),

    'conversation.list-missed-heads': async ({ data, meta }) =>
      answerAt(meta.minPosition, { conv: [ports.conversationList, ports.memberList] }, async () =>
        ok(await listMissedHeads(db, data)),
      ),
  };
}

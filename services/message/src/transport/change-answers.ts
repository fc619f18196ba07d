import {
  failed,
  type findMessage as findMessageContract,
  type listChanges as listChangesContract,
  type listHidden as listHiddenContract,
  type listHiddenOf as listHiddenOfContract,
  type listMessageVersions as listMessageVersionsContract,
  type listPins as listPinsContract,
  type listReactions as listReactionsContract,
  type listReplies as listRepliesContract,
  ok,
  refused,
} from '@parley/contracts';
import { formatPosition, positionIn } from '@parley/event-sourcing';
import type { AnswerTable } from '@parley/jetstream';
import { answerAt } from '@parley/postgres';

import { findMessage } from '../queries/find-message.query.ts';
import { listChanges } from '../queries/list-changes.query.ts';
import { listHidden, listHiddenOf } from '../queries/list-hidden.query.ts';
import { listMessageVersions, parseSeqCursor } from '../queries/list-message-versions.query.ts';
import { listPins } from '../queries/list-pins.query.ts';
import { listReactions } from '../queries/list-reactions.query.ts';
import { listReplies } from '../queries/list-replies.query.ts';
import type { AnswerPorts } from './answers.ts';

type Questions =
  | typeof findMessageContract
  | typeof listChangesContract
  | typeof listHiddenContract
  | typeof listHiddenOfContract
  | typeof listMessageVersionsContract
  | typeof listPinsContract
  | typeof listReactionsContract
  | typeof listRepliesContract;

/** What is answered of what was done to messages. */
export function changeAnswers({
  db,
  timeline,
  hidden,
}: Pick<AnswerPorts, 'db' | 'timeline' | 'hidden'>): AnswerTable<Questions> {
  const shown = { conv: [timeline], user: [hidden] };

  return {
    'message.find-message': async ({ data, meta }) =>
      answerAt(meta.minPosition, { conv: [timeline] }, async () => {
        const found = await findMessage(db, data);
        return found ? ok(found) : refused('message-not-found');
      }),

    'message.list-changes': async ({ data, meta }) =>
      answerAt(meta.minPosition, shown, async () => {
        const changes = await listChanges(db, data);
        return changes ? ok(changes) : refused('conversation-not-found');
      }),

    'message.list-hidden': async ({ data, meta }) => {
      const after = data.after === undefined ? undefined : positionIn('user', data.after);
      // A position of the own log includes what is asked of it, so an answer never goes back behind it.
      const atLeast = [data.after, meta.minPosition].filter((position) => position !== undefined);
      return answerAt(atLeast.length === 0 ? undefined : atLeast.join(','), shown, async () => {
        const { hidden: found, position, hasMore } = await listHidden(db, { userId: data.userId, after });
        return ok({ hidden: found, position: formatPosition('user', position), hasMore });
      });
    },

    'message.list-hidden-of': async ({ data, meta }) =>
      answerAt(meta.minPosition, shown, async () => ok({ people: await listHiddenOf(db, data.userIds) })),

    'message.list-message-versions': async ({ data, meta }) => {
      const afterSeq = data.cursor === undefined ? 0 : parseSeqCursor(data.cursor);
      if (afterSeq === undefined) return failed('malformed');
      return answerAt(meta.minPosition, shown, async () => {
        const versions = await listMessageVersions(db, { ...data, afterSeq });
        if (versions === undefined) return refused('message-not-found');
        const { data: page, nextCursor = null } = versions;
        return ok({ data: page, page: { nextCursor, prevCursor: null, hasMore: nextCursor !== null } });
      });
    },

    'message.list-replies': async ({ data, meta }) => {
      const afterSeq = data.cursor === undefined ? 0 : parseSeqCursor(data.cursor);
      if (afterSeq === undefined) return failed('malformed');
      return answerAt(meta.minPosition, shown, async () => {
        const replies = await listReplies(db, { ...data, afterSeq });
        if (replies === undefined) return refused('message-not-found');
        const { data: page, nextCursor = null } = replies;
        return ok({ data: page, page: { nextCursor, prevCursor: null, hasMore: nextCursor !== null } });
      });
    },

    'message.list-pins': async ({ data, meta }) =>
      answerAt(meta.minPosition, shown, async () => {
        const pins = await listPins(db, data);
        return pins ? ok({ data: pins }) : refused('conversation-not-found');
      }),

    'message.list-reactions': async ({ data, meta }) =>
      answerAt(meta.minPosition, shown, async () => {
        const reactions = await listReactions(db, data);
        if (reactions === undefined) return refused('message-not-found');
        const total = reactions.reduce((sum, { count }) => sum + count, 0);
        return ok({ messageId: data.messageId, total, data: reactions });
      }),
  };
}

import { failed, ok, type searchMessages as contract } from '@parley/contracts';
import type { AnswerTable } from '@parley/jetstream';
import { answerAt, type FollowedModel } from '@parley/postgres';
import type { Kysely } from 'kysely';

import { parseSearchCursor } from '../queries/search-cursor.ts';
import { searchMessages } from '../queries/search-messages.query.ts';
import type { MessageDb } from '../storage/schema.ts';

interface SearchPorts {
  readonly db: Kysely<MessageDb>;
  readonly timeline: FollowedModel;
  readonly searchIndex: FollowedModel;
  readonly hidden: FollowedModel;
}

/** What is found is shown from the timeline, so an answer is of both models. */
export function answerSearch({
  db,
  timeline,
  searchIndex,
  hidden,
}: SearchPorts): AnswerTable<typeof contract>['message.search-messages'] {
  return async ({ data, meta }) => {
    const cursor = data.cursor === undefined ? undefined : parseSearchCursor(data.cursor);
    if (data.cursor !== undefined && cursor === undefined) return failed('malformed');
    return answerAt(meta.minPosition, { conv: [timeline, searchIndex], user: [hidden] }, async () =>
      ok(await searchMessages(db, { ...data, cursor })),
    );
  };
}

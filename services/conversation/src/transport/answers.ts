import { type conversationQueries, failed, ok, refused } from '@parley/contracts';
import type { AnswerTable } from '@parley/jetstream';
import { answerAt, type FollowedModel } from '@parley/postgres';
import type { Kysely } from 'kysely';

import { getConversationStats } from '../queries/get-conversation-stats.query.ts';
import { findAcquaintances } from '../queries/find-acquaintances.query.ts';
import { findInvite } from '../queries/find-invite.query.ts';
import { getConversation } from '../queries/get-conversation.query.ts';
import { listBlocks, parseBlockCursor } from '../queries/list-blocks.query.ts';
import { listConversations, parseConversationCursor } from '../queries/list-conversations.query.ts';
import { listInvites, parseInviteCursor } from '../queries/list-invites.query.ts';
import { listMembers, parseMemberCursor } from '../queries/list-members.query.ts';
import { listMemberships, listMembershipsOf } from '../queries/list-memberships.query.ts';
import { showsFile } from '../queries/shows-file.query.ts';
import type { ConversationDb } from '../storage/schema.ts';
import { missedAnswers } from './missed-answers.ts';
import { type AskPreviews, showPreviews } from './show-previews.ts';

export interface AnswerPorts {
  readonly db: Kysely<ConversationDb>;
  readonly conversationList: FollowedModel;
  readonly memberList: FollowedModel;
  readonly people: FollowedModel;
  readonly ownView: FollowedModel;
  readonly blocks: FollowedModel;
  readonly invites: FollowedModel;
  readonly askPreviews: AskPreviews;
}

/** What this service answers; a question of the contract without a row does not compile. */
export function conversationAnswers(ports: AnswerPorts): AnswerTable<(typeof conversationQueries)[number]> {
  const { db } = ports;
  const following = {
    conv: [ports.conversationList, ports.memberList, ports.blocks],
    user: [ports.people, ports.ownView],
  };

  const followingInvites = { conv: [ports.conversationList, ports.memberList, ports.invites] };

  return {
    ...missedAnswers(ports, following),

    'conversation.list-conversations': async ({ data, meta }) => {
      const after = data.cursor === undefined ? undefined : parseConversationCursor(data.cursor);
      if (after === undefined && data.cursor !== undefined) return failed('malformed');
      return answerAt(meta.minPosition, following, async () => {
        const listed = await listConversations(db, { ...data, after });
        const views = await showPreviews(ports, listed.data, { userId: data.userId, meta });
        return ok({ ...pageOf({ ...listed, data: views }), total: listed.total });
      });
    },

    'conversation.get-stats': async ({ data, meta }) =>
      answerAt(meta.minPosition, following, async () => ok(await getConversationStats(db, data))),

    'conversation.get-conversation': async ({ data, meta }) =>
      answerAt(meta.minPosition, following, async () => {
        const found = await getConversation(db, data);
        const [view] = await showPreviews(ports, found ? [found] : [], { userId: data.userId, meta });
        return view ? ok(view) : refused('conversation-not-found');
      }),

    'conversation.list-members': async ({ data, meta }) => {
      const after = data.cursor === undefined ? undefined : parseMemberCursor(data.cursor);
      if (after === undefined && data.cursor !== undefined) return failed('malformed');
      return answerAt(meta.minPosition, following, async () => {
        const members = await listMembers(db, { ...data, after });
        return members ? ok(pageOf(members)) : refused('conversation-not-found');
      });
    },

    'conversation.list-memberships': async ({ data, meta }) =>
      answerAt(meta.minPosition, following, async () => ok(await listMemberships(db, data))),

    'conversation.list-memberships-of': async ({ data, meta }) =>
      answerAt(meta.minPosition, following, async () =>
        ok({ people: await listMembershipsOf(db, data.userIds) }),
      ),

    'conversation.list-invites': async ({ data, meta }) => {
      const after = data.cursor === undefined ? undefined : parseInviteCursor(data.cursor);
      if (after === undefined && data.cursor !== undefined) return failed('malformed');
      return answerAt(meta.minPosition, followingInvites, async () => {
        const page = await listInvites(db, { ...data, after });
        return page ? ok(pageOf(page)) : refused('conversation-not-found');
      });
    },

    'conversation.find-invite': async ({ data, meta }) =>
      answerAt(meta.minPosition, followingInvites, async () => {
        const view = await findInvite(db, data);
        return view ? ok(view) : refused('invite-not-found');
      }),

    'conversation.shows-file': async ({ data, meta }) =>
      answerAt(meta.minPosition, { conv: [ports.conversationList, ports.memberList] }, async () =>
        ok({ seesFile: await showsFile(db, data) }),
      ),

    'conversation.find-acquaintances': async ({ data, meta }) =>
      answerAt(meta.minPosition, { conv: [ports.memberList, ports.blocks] }, async () =>
        ok({ userIds: await findAcquaintances(db, data) }),
      ),

    'conversation.list-blocks': async ({ data, meta }) => {
      const after = data.cursor === undefined ? undefined : parseBlockCursor(data.cursor);
      if (after === undefined && data.cursor !== undefined) return failed('malformed');
      return answerAt(meta.minPosition, following, async () =>
        ok(pageOf(await listBlocks(db, { ...data, after }))),
      );
    },
  };
}

/** Both lists are read in one direction. */
function pageOf<Item>({
  data,
  nextCursor,
}: {
  readonly data: Item[];
  readonly nextCursor: string | undefined;
}) {
  return {
    data,
    page: { nextCursor: nextCursor ?? null, prevCursor: null, hasMore: nextCursor !== undefined },
  };
}

import {
  ConversationId,
  type ConversationKind,
  type ConversationView,
  foldText,
  type UserId,
} from '@parley/contracts';
import { type Kysely, type RawBuilder, sql } from 'kysely';

import type { ConversationDb } from '../storage/schema.ts';
import { type ConversationPlace, comesAfter, everyOwn, latestOwn } from './matching-conversations.ts';
import { hasUnread, isArchived, isMarkedUnread, isMuted, ownMemberships } from './own-conversations.ts';
import { selectConversationViews } from './select-conversation-views.ts';

export interface ConversationListPage {
  readonly data: ConversationView[];
  readonly nextCursor: string | undefined;
  /** How many conversations the filters leave, on all pages; nothing where that would be a look at each. */
  readonly total: number | null;
}

export interface ConversationFilters {
  readonly kind?: ConversationKind | undefined;
  readonly unread?: boolean | undefined;
  readonly archived?: boolean | undefined;
  readonly muted?: boolean | undefined;
  readonly q?: string | undefined;
}

/** A person's conversations after a place in the list, the pinned ones first, then the latest activity. */
export async function listConversations(
  db: Kysely<ConversationDb>,
  asked: ConversationFilters & {
    readonly userId: UserId;
    readonly after?: ConversationPlace | undefined;
    readonly limit: number;
  },
): Promise<ConversationListPage> {
  const { userId, after, limit } = asked;
  const { views, total } = await selectConversationViews(db, {
    userId,
    ...matchingOf(userId, asked),
    ...(after === undefined ? {} : { after: comesAfter(after) }),
    limit: limit + 1,
  });
  const data = views.slice(0, limit);
  const last = views.length > limit ? data.at(-1) : undefined;
  return { data, nextCursor: last && formatConversationCursor(last), total };
}

/** The inside of a cursor; the edge signs it, so that only what was written here comes back. */
export function parseConversationCursor(cursor: string): ConversationPlace | undefined {
  const [, pin, time, id] = /^([01])\.(\d{1,15})\.(\S+)$/.exec(cursor) ?? [];
  const conversationId = ConversationId.safeParse(id);
  if (time === undefined || !conversationId.success) return undefined;
  return { isPinned: pin === '1', lastActivityAtMs: Number(time), conversationId: conversationId.data };
}

function formatConversationCursor({ isPinned, lastActivityAt, conversationId }: ConversationView): string {
  return `${isPinned ? 1 : 0}.${Date.parse(lastActivityAt)}.${conversationId}`;
}

/** What most people ask for most of the time reads a page. Any other question has to look at all there are. */
function matchingOf(
  userId: UserId,
  asked: ConversationFilters & { readonly after?: ConversationPlace | undefined; readonly limit: number },
) {
  const { archived = false, muted, unread, after, limit } = asked;
  const said = saidConditionsOf(userId, asked);
  const state =
    unread === undefined ? [] : [sql<boolean>`(${isMarkedUnread} or ${hasUnread(userId)}) = ${unread}`];
  if (archived || muted === true || said.length > 0) {
    const kept = [
      sql<boolean>`${isArchived} = ${archived}`,
      ...(muted === undefined ? [] : [sql<boolean>`${isMuted} = ${muted}`]),
    ];
    const matching = everyOwn(userId, allOf([...kept, ...said, ...state]));
    return unread === undefined ? { matching } : { matching, counted: uncounted };
  }
  const isSetAside = muted === undefined ? isArchived : sql<boolean>`(${isArchived} or ${isMuted})`;
  const where = state.length === 0 ? undefined : allOf(state);
  return {
    matching: latestOwn(userId, { isSetAside, where, after, limit: limit + 1 }),
    counted:
      unread === undefined
        ? sql`select count(*) as total from ${ownMemberships(userId)} and not ${isSetAside}`
        : uncounted,
  };
}

const uncounted = sql`select null::bigint as total`;

/** What the conversation itself says. The cheap ones first: a later one is only asked of what the earlier ones leave. */
function saidConditionsOf(userId: UserId, { kind, q }: ConversationFilters): RawBuilder<boolean>[] {
  const text = foldText(q ?? '');
  return [
    ...(kind === undefined ? [] : [sql<boolean>`conversation.kind = ${kind}`]),
    ...(text === '' ? [] : [isNamed(userId, text)]),
  ];
}

function allOf(conditions: readonly RawBuilder<boolean>[]): RawBuilder<boolean> {
  return sql<boolean>`${sql.join(conditions, sql` and `)}`;
}

/** A group by its own name, a direct chat by the other person's. */
function isNamed(userId: UserId, text: string): RawBuilder<boolean> {
  const part = `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return sql<boolean>`(case conversation.kind
    when 'group' then conversation.name_folded like ${part}
    else exists (
      select 1 from member as other join person on person.user_id = other.user_id
      where other.conversation_id = own.conversation_id and other.user_id <> ${userId}
        and (person.name_folded like ${part} or person.username like ${part})
    ) end)`;
}

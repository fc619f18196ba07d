import type {
  ConversationView,
  HiddenPlace,
  listPreviews,
  MessagePreview,
  QueryMeta,
  UserId,
} from '@parley/contracts';
import type { OutcomeOf } from '@parley/jetstream';
import type { Kysely } from 'kysely';

import { findHiddenLast } from '../queries/find-hidden-last.query.ts';
import type { ConversationDb } from '../storage/schema.ts';

/** The message service, as lists ask it. */
export type AskPreviews = (asked: {
  readonly data: { readonly userId: UserId; readonly before: HiddenPlace[] };
  readonly meta: QueryMeta;
}) => Promise<OutcomeOf<typeof listPreviews>>;

interface Ports {
  readonly db: Kysely<ConversationDb>;
  readonly askPreviews: AskPreviews;
}

/**
 * Views with the newest message that their reader has not deleted for themselves. The words of older messages are the
 * message service's to know; it is asked for the few conversations that need it, and a list goes without while it is away.
 */
export async function showPreviews(
  { db, askPreviews }: Ports,
  views: readonly ConversationView[],
  { userId, meta }: { readonly userId: UserId; readonly meta: QueryMeta },
): Promise<ConversationView[]> {
  const without = views.filter(({ lastMessage }) => lastMessage === null);
  if (without.length === 0) return [...views];
  const conversationIds = without.map(({ conversationId }) => conversationId);
  const before = await findHiddenLast(db, { userId, conversationIds });
  if (before.length === 0) return [...views];
  const outcome = await askPreviews({ data: { userId, before }, meta });
  const previews = outcome.kind === 'ok' ? outcome.answer.previews : [];
  const found = new Map<string, MessagePreview>(previews.map((each) => [each.conversationId, each]));
  return views.map((view) => ({
    ...view,
    lastMessage: view.lastMessage ?? found.get(view.conversationId) ?? null,
  }));
}

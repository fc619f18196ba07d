import type { Kysely } from 'kysely';

import { fingerprint } from '../domain/fingerprint.ts';
import { findMessageFacts, findPinned } from '../queries/find-message.query.ts';
import { getMessage } from '../queries/get-message.query.ts';
import { findSentMessage } from '../queries/find-sent-message.query.ts';
import type { MessageDb } from '../storage/schema.ts';
import type { LookUps } from './look-ups.ts';

/** A command waits so long for the read model before its sender is asked to try again. */
const COVERING_WAIT_MS_MAX = 500;

interface Timeline {
  waitFor(position: number, deadlineMs: number): Promise<boolean>;
}

/** What lies further back than the fold remembers, looked up in the read model at a position that covers it. */
export function lookUpIn(
  db: Kysely<MessageDb>,
  timeline: Timeline,
  onFault: (error: unknown) => void,
): LookUps {
  const lookUp = lookUpWith(timeline, onFault);

  return {
    // The last of the layers that make a send one message.
    earlierSend: ({ data: { conversationId, clientMessageId }, meta: { actorId } }, covering) =>
      lookUp(covering, async () => {
        const found = await findSentMessage(db, { conversationId, senderId: actorId, clientMessageId });
        if (found === undefined) return undefined;
        const { view, firstContent } = found;
        const { messageId, seq, sentAt } = view;
        const print = firstContent && fingerprint(firstContent);
        return { view, send: { messageId, seq, sentAt, fingerprint: print } };
      }),

    pinned: ({ data: { conversationId } }, covering) =>
      lookUp(covering, async () => {
        const messageIds = await findPinned(db, conversationId);
        return { messageIds, position: covering };
      }),

    message: ({ data, meta: { actorId } }, covering) =>
      lookUp(covering, async () => {
        const found = await findMessageFacts(db, { ...data, viewerId: actorId });
        if (found === undefined) return undefined;
        return { ...found, fingerprint: found.content && fingerprint(found.content), position: covering };
      }),

    // Of another conversation, so no position of this one covers it: whoever names it has seen it in the read model.
    source: ({ data: { sourceId }, meta: { actorId } }) =>
      lookUp(0, async () => {
        const found = await getMessage(db, { userId: actorId, messageId: sourceId });
        if (found === undefined) return undefined;
        const { messageId, conversationId, senderId, sentAt, content, forwardedFrom } = found;
        return { content, origin: forwardedFrom ?? { messageId, conversationId, senderId, sentAt } };
      }),
  };
}

function lookUpWith(timeline: Timeline, onFault: (error: unknown) => void) {
  return async <Found>(
    covering: number,
    find: () => Promise<Found | undefined>,
  ): Promise<{ readonly found: Found | undefined } | 'unavailable'> => {
    try {
      if (!(await timeline.waitFor(covering, COVERING_WAIT_MS_MAX))) return 'unavailable';
      return { found: await find() };
    } catch (error) {
      // What the log holds cannot be told without the read model, and this call has stored nothing.
      onFault(error);
      return 'unavailable';
    }
  };
}

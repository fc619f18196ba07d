import type {
  ConversationEvent,
  ConversationId,
  MembershipEvent,
  RecordedEvent,
  StoredEvent,
  UserId,
} from '@parley/contracts';
import type { Policy } from '@parley/event-sourcing';

/** A fact for a person's own log, and the id under which it is written only once. */
export interface OwnViewFact {
  readonly event: StoredEvent<MembershipEvent>;
  readonly dedupeId: string;
}

/** Whenever people come or go, their own logs say so: what their devices listen to before they know of it. */
export const tellMembers: Policy<ConversationEvent, OwnViewFact> = {
  name: 'tell-members',

  whenever: {
    'conversation.started': (event) =>
      event.data.members.map(({ userId }) => factFor(userId, 'conversation.membership-granted', event)),
    'conversation.members-added': (event) =>
      event.data.members.map(({ userId }) => factFor(userId, 'conversation.membership-granted', event)),
    'conversation.member-joined': (event) => [
      factFor(event.data.userId, 'conversation.membership-granted', event),
    ],
    'conversation.dissolved': (event) =>
      event.data.memberIds.map((userId) => factFor(userId, 'conversation.membership-ended', event)),
    'conversation.member-removed': (event) => [
      factFor(event.data.userId, 'conversation.membership-ended', event),
    ],
    'conversation.member-left': (event) => [
      factFor(event.data.userId, 'conversation.membership-ended', event),
    ],
  },
};

function factFor(
  userId: UserId,
  type: MembershipEvent['type'],
  cause: RecordedEvent<ConversationEvent>,
): OwnViewFact {
  const conversationId: ConversationId = cause.data.conversationId;
  const conversationSeq = cause.seq ?? 0;
  const dedupeId = `${conversationId}:${conversationSeq}:${userId}`;
  return {
    dedupeId,
    event: {
      type,
      data: { userId, conversationId, conversationSeq },
      // Made of its cause, so that a redelivered cause says the very same thing again.
      id: dedupeId,
      v: 1,
      tenant: cause.tenant,
      aggregateId: userId,
      actorId: cause.actorId,
      at: cause.at,
      causationId: cause.id,
      correlationId: cause.correlationId,
    },
  };
}

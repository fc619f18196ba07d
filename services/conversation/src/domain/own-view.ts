import {
  type CommandOf,
  isMember,
  type Membership,
  type OwnViewCommandContract,
  type OwnViewEvent,
  type RejectionOf,
} from '@parley/contracts';
import { accept, type Decision, reject } from '@parley/event-sourcing';

/** The conversation at the tail of its log, as far as keeping it one's own way depends on it. */
export interface KeptConversation {
  readonly membership: Membership;
  readonly headSeq: number;
  /** Where its log stands, the read positions included; only a mark as unread needs to know. */
  readonly readsPosition: number;
}

type Rules = {
  readonly [T in OwnViewCommandContract['type']]: (
    conversation: KeptConversation,
    command: CommandOf<Extract<OwnViewCommandContract, { type: T }>>,
  ) => Decision<OwnViewEvent, RejectionOf<Extract<OwnViewCommandContract, { type: T }>>>;
};

/**
 * What a member may keep of a conversation for themselves. These facts lie in the member's own log and depend on
 * nothing that was kept before, so there is nothing to fold: each says how it is from now on.
 */
const rules: Rules = {
  'conversation.change-preferences': ({ membership, readsPosition }, { data, meta }) => {
    if (!isMember(membership, meta.actorId)) return reject('conversation-not-found');
    const { conversationId, archived, mutedUntil, pinned, markedUnread } = data;
    const isTimed = typeof mutedUntil === 'string' && mutedUntil !== 'forever';
    if (isTimed && mutedUntil <= meta.at) return reject('mute-is-over');
    const changes = {
      ...(archived === undefined ? {} : { archived }),
      ...(mutedUntil === undefined ? {} : { mutedUntil }),
      ...(pinned === undefined ? {} : { pinnedAt: pinned ? meta.at : null }),
      ...(markedUnread === undefined ? {} : { markedUnread }),
    };
    if (Object.keys(changes).length === 0) return accept();

    return accept({
      type: 'conversation.preferences-changed',
      data: {
        conversationId,
        ...(meta.deviceId === undefined ? {} : { deviceId: meta.deviceId }),
        ...changes,
        ...(markedUnread === true ? { readsStoodAt: readsPosition } : {}),
      },
    });
  },

  'conversation.save-draft': ({ membership, headSeq }, { data, meta }) => {
    if (!isMember(membership, meta.actorId)) return reject('conversation-not-found');
    const { conversationId, draft } = data;
    return accept({
      type: 'conversation.draft-saved',
      data: {
        conversationId,
        ...(meta.deviceId === undefined ? {} : { deviceId: meta.deviceId }),
        draft,
        savedAtSeq: headSeq,
      },
    });
  },
};

export function decideOwnView(
  conversation: KeptConversation,
  command: CommandOf<OwnViewCommandContract>,
): Decision<OwnViewEvent, RejectionOf<OwnViewCommandContract>> {
  // TypeScript cannot see that table[command.type] accepts command.
  const decide = rules[command.type] as (
    conversation: KeptConversation,
    command: CommandOf<OwnViewCommandContract>,
  ) => Decision<OwnViewEvent, RejectionOf<OwnViewCommandContract>>;
  return decide(conversation, command);
}

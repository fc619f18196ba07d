import {
  type CommandOf,
  type conversationStarted,
  defaultSettings,
  type EventOf,
  type Role,
  type UserId,
} from '@parley/contracts';
import { accept, reject } from '@parley/event-sourcing';

import type { Opening, Rules } from './conversation.ts';
import type { DecidedCommandContract } from './decided-commands.ts';

type StartGroup = CommandOf<Extract<DecidedCommandContract, { type: 'conversation.start-group' }>>;
type Started = EventOf<typeof conversationStarted>;

/** Who may open a conversation, and when it is the one that is open already. */
export const decideOpenings: Rules<'conversation.start-direct' | 'conversation.start-group'> = {
  'conversation.start-direct': ({ membership }, { data, meta }) => {
    if (data.recipientId === meta.actorId) return reject('direct-with-oneself');
    if (membership.blockedIds.has(meta.actorId)) return reject('blocked');
    // Both people may open it at once, and each again later: it is the same conversation.
    if (membership.status !== 'not-started') return accept();
    if (data.unknownIds.length > 0) return reject('person-not-found');

    return accept(
      started({ conversationId: data.conversationId, kind: 'direct' }, [
        { userId: meta.actorId, role: 'member' },
        { userId: data.recipientId, role: 'member' },
      ]),
    );
  },

  'conversation.start-group': ({ opening }, command) => {
    const { data, meta } = command;
    // A second opening under the same key is a client retrying after a lost reply, or a key used twice.
    if (opening) return isSameOpening(opening, command) ? accept() : reject('idempotency-key-reused');
    if (data.unknownIds.length > 0) return reject('person-not-found');
    if (data.pictureRefusal) return reject(data.pictureRefusal);
    const namedIds = groupMemberIds(command);
    // Passed over without a word: that somebody has blocked them is not the opener's to know.
    const passedOverIds = namedIds.filter((userId) => data.refusingIds.includes(userId));
    const memberIds = namedIds.filter((userId) => !passedOverIds.includes(userId));
    const memberLimit = data.settings?.memberLimit ?? defaultSettings.memberLimit;
    if (memberIds.length > memberLimit) return reject('conversation-full');

    const { conversationId, name, description, avatarFileId, settings } = data;
    return accept(
      started(
        {
          conversationId,
          kind: 'group',
          name,
          ...(description === undefined ? {} : { description }),
          ...(avatarFileId === undefined ? {} : { avatarFileId }),
          ...(settings === undefined ? {} : { settings }),
          ...(passedOverIds.length === 0 ? {} : { passedOverIds }),
        },
        memberIds.map((userId) => ({ userId, role: userId === meta.actorId ? 'owner' : 'member' })),
      ),
    );
  },
};

function started(
  about: Omit<Started['data'], 'members'>,
  members: readonly { readonly userId: UserId; readonly role: Role }[],
): Started {
  return { type: 'conversation.started', data: { ...about, members: [...members] } };
}

/** The creator and everybody named, once each. */
function groupMemberIds({ data, meta }: StartGroup): UserId[] {
  return [...new Set([meta.actorId, ...data.memberIds])];
}

function isSameOpening(opening: Opening, command: StartGroup): boolean {
  const { data, meta } = command;
  const memberIds = new Set(groupMemberIds(command));
  return (
    opening.startedBy === meta.actorId &&
    opening.name === data.name &&
    opening.description === data.description &&
    opening.avatarFileId === data.avatarFileId &&
    isSameChange(opening.settings, data.settings ?? {}) &&
    opening.memberIds.length === memberIds.size &&
    opening.memberIds.every((userId) => memberIds.has(userId))
  );
}

function isSameChange(one: Opening['settings'], other: Opening['settings']): boolean {
  const names = Object.keys({ ...one, ...other }) as (keyof Opening['settings'])[];
  return names.every((name) => one[name] === other[name]);
}

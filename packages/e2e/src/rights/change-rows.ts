import type { changeRoutes } from '@parley/contracts';

import { type Ask, byRole, everyMember, everyReader, type Row } from './rows.ts';
import { say } from './scene.ts';

const aMessage: Ask = (_, { messageIds }) => ({ params: { id: messageIds.member } });
const react: Ask = (_, { messageIds }) => ({ params: { id: messageIds.member }, body: { emoji: '👍' } });

/** The id of a message of whoever asks; to say one they must be in, so the others ask for somebody else's. */
const ownOr =
  (change: (id: string) => ReturnType<Ask>): Ask =>
  async (actor, scene) => {
    const { stranger, removed, left } = scene.cast.actors;
    const isIn = ![stranger, removed, left].includes(actor);
    return change(isIn ? await say(actor, scene) : scene.messageIds.member);
  };

const seen = (ask: Ask): readonly Row[] => [
  { place: 'group', ask, changes: false, cells: everyMember('ok') },
  { place: 'direct', ask, cells: { stranger: 'NOT_FOUND', peer: 'ok' } },
];

/** What was done to messages until somebody left by themselves stays theirs to read. */
const read = (ask: Ask): readonly Row[] => [
  { place: 'group', ask, changes: false, cells: everyReader('ok') },
  { place: 'direct', ask, cells: { stranger: 'NOT_FOUND', peer: 'ok' } },
];

/** In a group by role, in a direct chat both. */
const pinning: readonly Row[] = [
  {
    place: 'group',
    ask: aMessage,
    changes: false,
    cells: byRole('FORBIDDEN', 'ok', 'ok', 'ok'),
  },
  { place: 'direct', ask: aMessage, cells: { stranger: 'NOT_FOUND', peer: 'ok' } },
];

const words = { content: 'Nói lại cho rõ' };
const deleting =
  (author: 'member' | 'moderator' | 'admin'): Ask =>
  (_, { messageIds }) => ({
    params: { id: messageIds[author] },
    query: { scope: 'everyone' },
  });

/** Who may do what to messages that were sent before. A route without a row does not compile. */
export const changeRows: { readonly [Name in keyof typeof changeRoutes]: readonly Row[] } = {
  listMessageVersions: read(aMessage),
  listReactions: read(aMessage),
  listReplies: read(aMessage),
  listPins: read((_, { conversationId }) => ({ params: { id: conversationId } })),
  reactToMessage: seen(react),
  removeReaction: seen(react),
  pinMessage: pinning,
  unpinMessage: pinning,
  editMessage: [
    {
      place: 'group',
      what: 'their own',
      ask: ownOr((id) => ({ params: { id }, body: words })),
      changes: false,
      cells: everyMember('ok'),
    },
    {
      place: 'group',
      what: 'somebody else’s',
      ask: (_, { messageIds }) => ({ params: { id: messageIds.member }, body: words }),
      changes: false,
      cells: everyMember('FORBIDDEN'),
    },
  ],
  deleteMessage: [
    {
      place: 'group',
      what: 'their own, for everyone',
      ask: ownOr((id) => ({ params: { id }, query: { scope: 'everyone' } })),
      changes: false,
      cells: everyMember('ok'),
    },
    {
      place: 'group',
      what: 'a member’s, for oneself',
      ask: (_, { messageIds }) => ({ params: { id: messageIds.member }, query: { scope: 'me' } }),
      changes: true,
      cells: everyMember('ok'),
    },
    {
      place: 'group',
      what: 'a member’s, for everyone',
      ask: deleting('member'),
      changes: true,
      cells: byRole('FORBIDDEN', 'ok', 'ok', 'ok'),
    },
    {
      place: 'group',
      what: 'a moderator’s, for everyone',
      ask: deleting('moderator'),
      changes: true,
      cells: byRole('FORBIDDEN', 'FORBIDDEN', 'ok', 'ok'),
    },
    {
      place: 'group',
      what: 'an admin’s, for everyone',
      ask: deleting('admin'),
      changes: true,
      cells: byRole('FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'ok'),
    },
  ],
};

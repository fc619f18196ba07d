import {
  type blockRoutes,
  type conversationRoutes,
  type inviteRoutes,
  newId,
  type ownViewRoutes,
} from '@parley/contracts';

import { type Ask, byRole, everyMember, type Row } from './rows.ts';

const here: Ask = (_, { conversationId }) => ({ params: { id: conversationId } });
const withBody =
  (body: unknown): Ask =>
  (_, { conversationId }) => ({ params: { id: conversationId }, body });

const seen = (ask: Ask = here): readonly Row[] => [
  { place: 'group', ask, changes: false, cells: everyMember('ok') },
  { place: 'direct', ask, cells: { stranger: 'NOT_FOUND', peer: 'ok' } },
];

const leaving: readonly Row[] = [
  { place: 'group', ask: here, changes: true, cells: byRole('ok', 'ok', 'ok', 'CONFLICT') },
  { place: 'direct', ask: here, cells: { stranger: 'NOT_FOUND', peer: 'FORBIDDEN' } },
];

const updating: readonly Row[] = [
  {
    place: 'group',
    ask: withBody({ name: 'Hà Nội phố' }),
    changes: false,
    cells: byRole('FORBIDDEN', 'FORBIDDEN', 'ok', 'ok'),
  },
  { place: 'direct', ask: withBody({ name: 'x' }), cells: { stranger: 'NOT_FOUND', peer: 'FORBIDDEN' } },
];

const removing =
  (who: 'target' | 'targetModerator' | 'targetAdmin'): Ask =>
  (_, { cast, conversationId }) => ({
    params: { id: conversationId, userId: cast[who].userId },
  });

const raising =
  (who: 'target' | 'targetAdmin', role: 'moderator' | 'admin' | 'member'): Ask =>
  (_, { cast, conversationId }) => ({
    params: { id: conversationId, userId: cast[who].userId },
    body: { role },
  });

/** Who may do what to a conversation. A route without a row does not compile. */
export const conversationRows: {
  readonly [Name in keyof typeof conversationRoutes]: readonly Row[];
} = {
  listConversations: [{ place: 'nowhere', why: 'lists the own ones' }],
  getConversation: seen(),
  startDirect: [{ place: 'nowhere', why: 'anybody may; see the stories of blocks' }],
  startGroup: [{ place: 'nowhere', why: 'anybody may' }],
  updateConversation: updating,
  updateConversationByPut: updating,
  dissolve: [
    { place: 'group', ask: here, changes: true, cells: byRole('FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'ok') },
    { place: 'direct', ask: here, cells: { stranger: 'NOT_FOUND', peer: 'FORBIDDEN' } },
  ],
  listMembers: seen(),
  addMembers: [
    {
      place: 'group',
      ask: (_, { cast, conversationId }) => ({
        params: { id: conversationId },
        body: { userIds: [cast.outsider.userId] },
      }),
      changes: true,
      cells: byRole('FORBIDDEN', 'ok', 'ok', 'ok'),
    },
  ],
  removeMember: [
    {
      place: 'group',
      what: 'a member',
      ask: removing('target'),
      changes: true,
      cells: byRole('FORBIDDEN', 'ok', 'ok', 'ok'),
    },
    {
      place: 'group',
      what: 'a moderator',
      ask: removing('targetModerator'),
      changes: true,
      cells: byRole('FORBIDDEN', 'FORBIDDEN', 'ok', 'ok'),
    },
    {
      place: 'group',
      what: 'an admin',
      ask: removing('targetAdmin'),
      changes: true,
      cells: byRole('FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'ok'),
    },
  ],
  changeRole: [
    {
      place: 'group',
      what: 'a member to moderator',
      ask: raising('target', 'moderator'),
      changes: true,
      cells: byRole('FORBIDDEN', 'FORBIDDEN', 'ok', 'ok'),
    },
    {
      place: 'group',
      what: 'a member to admin',
      ask: raising('target', 'admin'),
      changes: true,
      cells: byRole('FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'ok'),
    },
    {
      place: 'group',
      what: 'an admin to member',
      ask: raising('targetAdmin', 'member'),
      changes: true,
      cells: byRole('FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'ok'),
    },
    {
      place: 'group',
      what: 'oneself to owner',
      ask: (actor, { conversationId }) => ({
        params: { id: conversationId, userId: actor.userId },
        body: { role: 'owner' },
      }),
      changes: true,
      cells: byRole('FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'ok'),
    },
  ],
  transferOwnership: [
    {
      place: 'group',
      ask: (_, { cast, conversationId }) => ({
        params: { id: conversationId },
        body: { userId: cast.target.userId },
      }),
      changes: true,
      cells: byRole('FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'ok'),
    },
  ],
  leave: leaving,
  leaveByPost: leaving,
};

/** Who lets people in by a code. Whoever has one may come in; that is in the stories of invites. */
export const inviteRows: { readonly [Name in keyof typeof inviteRoutes]: readonly Row[] } = {
  createInvite: [
    { place: 'group', ask: withBody({}), changes: false, cells: byRole('FORBIDDEN', 'ok', 'ok', 'ok') },
    { place: 'direct', ask: withBody({}), cells: { stranger: 'NOT_FOUND', peer: 'FORBIDDEN' } },
  ],
  listInvites: seen(),
  revokeInvite: [
    {
      place: 'group',
      what: 'one that is not there',
      ask: (_, { conversationId }) => ({ params: { id: conversationId, inviteId: newId('inv') } }),
      changes: false,
      cells: byRole('FORBIDDEN', 'NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND'),
    },
  ],
  getInvite: [{ place: 'nowhere', why: 'whoever has the code' }],
  acceptInvite: [{ place: 'nowhere', why: 'whoever has the code' }],
  joinPublic: seen(),
};

/** Whom somebody blocks is theirs alone; what it forbids is in the stories of blocks. */
export const blockRows: { readonly [Name in keyof typeof blockRoutes]: readonly Row[] } = {
  listBlocks: [{ place: 'nowhere', why: 'lists the own ones' }],
  blockPerson: [{ place: 'nowhere', why: 'anybody may block anybody' }],
  unblockPerson: [{ place: 'nowhere', why: 'lifts the own one, if there is one' }],
};

/** Everybody's own view is theirs, in a conversation that they are in. */
export const ownViewRows: { readonly [Name in keyof typeof ownViewRoutes]: readonly Row[] } = {
  getConversationStats: [{ place: 'nowhere', why: 'counts the own ones' }],
  archive: seen(),
  unarchive: seen(),
  unarchiveByPost: seen(),
  mute: seen(),
  unmute: seen(),
  unmuteByPost: seen(),
  pinConversation: seen(),
  unpinConversation: seen(),
  markUnread: seen(),
  unmarkUnread: seen(),
  saveDraft: seen(withBody({ draft: null })),
};

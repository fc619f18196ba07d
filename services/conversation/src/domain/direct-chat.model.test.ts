import * as fc from 'fast-check';
import { test } from 'vitest';

import { act, actsOf, expectAgreementWhatever, joins } from '../../test/conversation-acts.ts';
import { change, inviteIds, nothing } from '../../test/conversation-model.ts';
import { an, binh, nobody } from '../../test/conversation-service.ts';

/** What only a group has, and what a direct chat says to it. */
const neverInDirect = [
  ['conversation.add-members', { userIds: [an] }],
  ['conversation.remove-member', { userId: binh }],
  ['conversation.leave', {}],
  ['conversation.change-role', { userId: binh, role: 'admin' }],
  ['conversation.transfer-ownership', { userId: binh }],
  ['conversation.update', { name: 'Huế' }],
  ['conversation.dissolve', {}],
  ['conversation.revoke-invite', { inviteId: inviteIds[0] }],
] as const;
const groupActs = neverInDirect.map(([type, data]) =>
  act(type, fc.constant(data), (model, actorId) =>
    model.roles.has(actorId) ? 'direct-chat-is-fixed' : 'conversation-not-found',
  ),
);

const actOfThem = actsOf(fc.constantFrom(an, binh));
const whoever = fc.constantFrom(an, binh, nobody);

const opensDirect = actOfThem(
  'conversation.start-direct',
  fc.record({ recipientId: whoever }),
  (model, actorId, { recipientId }) => {
    if (recipientId === actorId) return 'direct-with-oneself';
    if (model.blocked.has(actorId)) return 'blocked';
    if (model.phase === 'open') return nothing;
    if (recipientId === nobody) return 'person-not-found';
    return change(() => {
      model.phase = 'open';
      for (const userId of [actorId, recipientId]) model.roles.set(userId, 'member');
    });
  },
);

const blocks = actOfThem(
  'conversation.block-person',
  fc.record({ blockedId: whoever }),
  (model, actorId, { blockedId }) => {
    if (blockedId === actorId) return 'block-of-oneself';
    if (model.blocked.has(blockedId)) return nothing;
    if (blockedId === nobody) return 'person-not-found';
    return change(() => void model.blocked.add(blockedId));
  },
);

const unblocks = actOfThem(
  'conversation.unblock-person',
  fc.record({ blockedId: whoever }),
  (model, actorId, { blockedId }) => {
    if (blockedId === actorId || !model.blocked.has(blockedId)) return nothing;
    return change(() => void model.blocked.delete(blockedId));
  },
);

const seed = Date.now() % 2 ** 31;

test(
  `whatever people do to a direct chat, the rules and the log agree with them (seed ${seed})`,
  { timeout: 60_000 },
  async () => {
    await expectAgreementWhatever(
      { first: opensDirect, acts: [opensDirect, blocks, unblocks, joins, ...groupActs] },
      seed,
    );
  },
);

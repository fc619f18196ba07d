import type { Role, UserId } from '@parley/contracts';
import { expect, test } from 'vitest';

import { ConversationMembers } from './conversation-members.ts';

const an = 'usr_01h455vb4pex5vsknk084sn02q' as UserId;
const binh = 'usr_01h455vb4pex5vsknk084sn02r' as UserId;
const chi = 'usr_01h455vb4pex5vsknk084sn02s' as UserId;
const list = (...members: readonly (readonly [UserId, Role])[]) => new Map<string, Role>(members);

test('a list that lags does not undo what was heard', () => {
  const members = new ConversationMembers(2);
  members.joined([{ userId: chi, role: 'member' }], false);
  members.takeRoles([{ userId: chi, role: 'moderator' }]);
  members.left(binh, false);
  members.takeAll(list([an, 'owner'], [binh, 'member']));
  expect([...(members.roles ?? []), members.count]).toEqual([[an, 'owner'], [chi, 'moderator'], 2]);
});

test('after something was missed, only the list knows', () => {
  const members = new ConversationMembers(2);
  members.takeRoles([{ userId: binh, role: 'moderator' }]);
  members.hasMissed();
  members.takeAll(list([an, 'owner'], [binh, 'admin']));
  expect(members.roles?.get(binh)).toBe('admin');
});

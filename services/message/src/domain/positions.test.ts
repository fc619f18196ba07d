import {
  type ConversationId,
  defaultSettings,
  type Membership,
  newId,
  timestampOf,
  type UserId,
} from '@parley/contracts';
import { expect, test } from 'vitest';

import { decidePositions } from './positions.ts';

const an: UserId = newId('usr');
const binh: UserId = newId('usr');
const readAt = timestampOf(0);
const membership: Membership = {
  status: 'active',
  conversationId: newId<ConversationId>('cnv'),
  kind: 'group',
  roles: new Map([[an, 'owner']]),
  settings: defaultSettings,
  blockedIds: new Set(),
};

test('a member reads up to the head', () => {
  const reader = { userId: an, upToSeq: 5, readAt };
  expect(decidePositions({ membership, headSeq: 5 }, [reader])).toEqual({
    results: [{ userId: an, standing: 'stands' }],
    positions: [reader],
  });
});

test('nobody reads what is not there yet, and nobody reads who is not in it; the others are not held up', () => {
  const decided = decidePositions({ membership, headSeq: 5 }, [
    { userId: binh, upToSeq: 1, readAt },
    { userId: an, upToSeq: 6, readAt },
    { userId: an, upToSeq: 4, readAt },
  ]);
  expect(decided.results.map(({ standing }) => standing)).toEqual([
    'not-a-member',
    'beyond-the-head',
    'stands',
  ]);
  expect(decided.positions).toEqual([{ userId: an, upToSeq: 4, readAt }]);
});

import { type ConversationId, type MembershipEvent, newId, type UserId } from '@parley/contracts';
import { beforeEach, expect, test } from 'vitest';

import { KnownConversations } from './known-conversations.ts';

const an = newId<UserId>('usr');
const [hanoi, hue, dalat] = [
  newId<ConversationId>('cnv'),
  newId<ConversationId>('cnv'),
  newId<ConversationId>('cnv'),
];

let lookUps: PromiseWithResolvers<ReadonlySet<ConversationId>>[];
let known: KnownConversations;
beforeEach(() => {
  lookUps = [];
  known = new KnownConversations(() => {
    const lookUp = Promise.withResolvers<ReadonlySet<ConversationId>>();
    lookUps.push(lookUp);
    return lookUp.promise;
  });
});

const granted = (conversationId: ConversationId) =>
  ({ type: 'conversation.membership-granted', data: { conversationId } }) as MembershipEvent;
const ended = (conversationId: ConversationId) =>
  ({ type: 'conversation.membership-ended', data: { conversationId } }) as MembershipEvent;

test('many who come at once share one look, and who comes back needs none', async () => {
  const asked = [known.of(an), known.of(an)];
  lookUps[0]?.resolve(new Set([hanoi]));
  for (const one of asked) expect([...(await one)]).toEqual([hanoi]);
  known.hear(an, granted(hue));
  known.hear(an, ended(hanoi));
  expect([...(await known.of(an))]).toEqual([hue]);
  expect(lookUps).toHaveLength(1);
});

test('what is heard while the list is being looked up counts more than the list', async () => {
  const asked = known.of(an);
  known.hear(an, granted(dalat));
  known.hear(an, ended(hanoi));
  known.hear(an, ended(hue));
  known.hear(an, granted(hue));
  lookUps[0]?.resolve(new Set([hanoi, hue]));
  expect(new Set(await asked)).toEqual(new Set([dalat, hue]));
});

test('after a failure, and after something may have been missed, it is looked up anew', async () => {
  const failing = known.of(an);
  lookUps[0]?.reject(new Error('away'));
  await expect(failing).rejects.toThrow('away');
  const asked = known.of(an);
  lookUps[1]?.resolve(new Set([hanoi]));
  expect([...(await asked)]).toEqual([hanoi]);
  known.forget(an);
  void known.of(an);
  expect(lookUps).toHaveLength(3);
});

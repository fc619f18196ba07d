import { newUuidV7 } from '@parley/contracts';
import { type Person, type Place, story as test, until, type World } from '@parley/testing';
import { expect } from 'vitest';

const NOT_FOUND = { code: 'NOT_FOUND' };

const paramsOf = ({ conversationId }: Place) => ({ id: conversationId });

async function settle(world: World) {
  const [an, binh, chi, dung] = await world.people('An', 'Bình', 'Chi', 'Dũng');
  const hanoi = await an.startsGroup('Hà Nội', { with: [binh, chi, dung] });
  const hue = await an.startsGroup('Huế', { with: [binh] });
  const direct = await an.startsDirect(dung);
  return { an, binh, chi, dung, hanoi, hue, direct };
}

type Town = Awaited<ReturnType<typeof settle>>;

/** How An keeps conversations, whom An blocks, and what others are told of An. */
async function arrangeOwnView({ an, dung, hanoi, hue }: Town): Promise<void> {
  const { api } = an;
  await api.call('archive', { params: paramsOf(hue) });
  await api.call('mute', { params: paramsOf(hanoi) });
  await api.call('pinConversation', { params: paramsOf(hanoi) });
  await api.call('markUnread', { params: paramsOf(hanoi) });
  await api.call('saveDraft', { params: paramsOf(hanoi), body: { draft: { text: 'viết dở' } } });
  await api.call('blockPerson', { params: { userId: dung.userId } });
  await api.call('changeSettings', { body: { readReceipts: false } });
  await api.call('changeMe', { body: { displayName: 'An Nguyễn' } });
}

/** Who is in the groups, who may do what there, and by which codes others come in. */
async function arrangeGroups({ an, binh, chi, hanoi, hue }: Town) {
  const { api } = an;
  const params = paramsOf(hanoi);
  await api.call('changeRole', { params: { ...params, userId: binh.userId }, body: { role: 'admin' } });
  await api.call('updateConversation', { params, body: { description: 'Phố cổ' } });
  await api.call('updateConversation', { params: paramsOf(hue), body: { settings: { readOnly: true } } });
  const open = await api.call('createInvite', { params: paramsOf(hue) });
  const ended = await api.call('createInvite', { params: paramsOf(hue) });
  await api.call('revokeInvite', { params: { ...paramsOf(hue), inviteId: ended.inviteId } });
  const removal = { params: { ...params, userId: chi.userId }, idempotencyKey: newUuidV7() };
  const removed = await api.call('removeMember', removal);
  return { open: open.code, ended: ended.code, removal, removed };
}

/** What was done to messages, and where one was said again. */
async function arrangeMessages({ an, binh, hanoi, hue }: Town) {
  const { api } = an;
  const { conversationId } = hanoi;
  const first = await an.says('Tối nay ăn gì?', { in: hanoi });
  const second = await binh.says('Phở', { in: hanoi });
  const third = await an.says('nhầm chỗ', { in: hanoi });
  const fourth = await binh.says('quảng cáo', { in: hanoi });
  const params = { id: second.messageId };
  await api.call('editMessage', {
    params: { id: first.messageId },
    body: { conversationId, content: 'Trưa nay?' },
  });
  await api.call('reactToMessage', { params, body: { conversationId, emoji: '👍' } });
  await api.call('pinMessage', { params, query: { conversationId } });
  await api.call('deleteMessage', { params: { id: third.messageId }, query: { conversationId } });
  await api.call('deleteMessage', {
    params: { id: fourth.messageId },
    query: { conversationId, scope: 'me' },
  });
  const forward = {
    params,
    body: { conversationIds: [hue.conversationId] },
    idempotencyKey: newUuidV7(),
  };
  const forwarded = await api.call('forwardMessage', forward);
  await api.call('markRead', { body: { conversationId, upToSeq: second.seq } });
  return { first, third, fourth, forward, forwarded };
}

function sends(person: Person, { conversationId }: Place) {
  const body = { conversationId, clientMessageId: newUuidV7(), content: 'Alô' };
  return person.api.call('sendText', { body });
}

/** Everything that REST tells somebody of two groups, of themselves and of others. */
async function toldTo(person: Person, { an, hanoi, hue }: Town): Promise<unknown> {
  const { api } = person;
  const places = await Promise.all(
    [hanoi, hue].map(async (place) => {
      const params = paramsOf(place);
      return Promise.all([
        api.call('getConversation', { params }),
        api.call('listMembers', { params }),
        api.call('listMessages', { params }),
        api.call('getMessageStats', { params }),
        api.call('listPins', { params }),
        api.call('listReadPositions', { params }),
        api.call('listInvites', { params }).catch((error: Error) => error.message),
      ]);
    }),
  );
  const own = await Promise.all([
    api.call('listConversations'),
    api.call('listConversations', { query: { archived: true } }),
    api.call('listBlocks'),
    api.call('getSettings'),
    api.call('getMe'),
    api.call('getPerson', { params: { id: an.userId } }),
    api.call('searchMessages', { query: { q: 'pho' } }),
  ]);
  return { places, own };
}

/** What was told twice in a row alike: what follows from the acts has come into the tables. */
async function settledView(person: Person, town: Town): Promise<unknown> {
  let before = JSON.stringify(await toldTo(person, town));
  return until({
    look: async () => {
      const now = await toldTo(person, town);
      const isSame = JSON.stringify(now) === before;
      before = JSON.stringify(now);
      return isSame ? now : undefined;
    },
    instead: () => `${person.name} is told something else each time`,
  });
}

test('what only REST can do holds after all services were started anew', async ({ world }) => {
  const town = await settle(world);
  await arrangeGroups(town);
  await arrangeMessages(town);
  await arrangeOwnView(town);
  await world.storedCount();
  const { an, binh } = town;
  const before = [await settledView(an, town), await settledView(binh, town)];

  await world.levers.restartAllServices();
  expect(await settledView(an, town)).toEqual(before[0]);
  expect(await settledView(binh, town)).toEqual(before[1]);
  expect(before[0]).toMatchObject({
    own: [
      { data: [{ name: 'Hà Nội', isPinned: true, mutedUntil: 'forever', draft: { text: 'viết dở' } }, {}] },
      { data: [{ name: 'Huế', isArchived: true }] },
      { data: [{ userId: town.dung.userId }] },
      { readReceipts: false },
      { displayName: 'An Nguyễn' },
      {},
      {},
    ],
  });
});

test('so does what was refused, and a retry is answered what its first try was', async ({ world }) => {
  const town = await settle(world);
  const { an, binh, chi, dung, hanoi, hue, direct } = town;
  const groups = await arrangeGroups(town);
  const messages = await arrangeMessages(town);
  await arrangeOwnView(town);
  const { conversationId } = hanoi;
  const refusals: readonly [() => Promise<unknown>, object][] = [
    [() => sends(dung, direct), { code: 'BLOCKED' }],
    [() => sends(binh, hue), { code: 'READ_ONLY' }],
    [() => sends(chi, hanoi), NOT_FOUND],
    [() => chi.history(hanoi), NOT_FOUND],
    [() => chi.api.call('acceptInvite', { params: { code: groups.ended } }), NOT_FOUND],
    [
      () =>
        an.api.call('editMessage', {
          params: { id: messages.third.messageId },
          body: { conversationId, content: 'lại' },
        }),
      { code: 'CONFLICT' },
    ],
    [() => an.api.call('getMessage', { params: { id: messages.fourth.messageId } }), NOT_FOUND],
    [
      () => dung.api.call('updateConversation', { params: paramsOf(hanoi), body: { name: 'Sài Gòn' } }),
      { code: 'FORBIDDEN' },
    ],
  ];
  for (const [act, refusal] of refusals) await expect(act()).rejects.toMatchObject(refusal);

  await world.levers.restartAllServices();
  for (const [act, refusal] of refusals) await expect(act()).rejects.toMatchObject(refusal);
  const stored = await world.storedCount();
  expect(await an.api.call('removeMember', groups.removal)).toEqual(groups.removed);
  expect(await an.api.call('forwardMessage', messages.forward)).toEqual(messages.forwarded);
  expect(await world.storedCount()).toEqual(stored);
  await chi.api.call('acceptInvite', { params: { code: groups.open } });
  await binh.device.hears('user_joined_conversation', ({ members }) => members[0]?.userId === chi.userId);
});

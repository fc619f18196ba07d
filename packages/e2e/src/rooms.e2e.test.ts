import { newUuidV7 } from '@parley/contracts';
import { type Person, type Place, story as test } from '@parley/testing';
import { describe, expect, inject } from 'vitest';

const RACES_AT_ONCE = 10;

const paramsOf = ({ conversationId }: Place) => ({ id: conversationId });

function send(person: Person, { conversationId }: Place, content = 'Chào') {
  const body = { conversationId, clientMessageId: newUuidV7(), content };
  return person.api.call('sendText', { body });
}

describe('roles', () => {
  test('everybody hears who may do more, and who may then does', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    await binh.device.at(hanoi);

    await expect(binh.adds([chi], { to: hanoi })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const conversation = await an.device.at(hanoi);
    await conversation.group.changeRole(binh.userId, 'admin');
    await binh.device.hears('member_role_changed', ({ userId, role, changedBy }) =>
      [userId === binh.userId, role === 'admin', changedBy === an.userId].every(Boolean),
    );
    await binh.adds([chi], { to: hanoi });

    const view = await binh.api.call('getConversation', { params: paramsOf(hanoi) });
    expect(view.ownRole).toBe('admin');
  });

  test('an admin gives no role as high as their own, nor touches an owner’s', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh, chi] });
    const change = (by: Person, of: Person, role: 'admin' | 'moderator' | 'member') =>
      by.api.call('changeRole', { params: { ...paramsOf(hanoi), userId: of.userId }, body: { role } });
    await change(an, binh, 'admin');

    await change(binh, chi, 'moderator');
    await expect(change(binh, chi, 'admin')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(change(binh, an, 'member')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(change(chi, binh, 'member')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  test('who hands the group over may leave, and the new owner stays', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });

    const last = { code: 'CONFLICT', details: { reason: 'last-owner' } };
    await expect(an.leaves(hanoi)).rejects.toMatchObject(last);
    await (await an.device.at(hanoi)).group.handOver(binh.userId);
    const minPosition = await an.leaves(hanoi);
    const view = await binh.api.call('getConversation', { params: paramsOf(hanoi), minPosition });
    expect(view.ownRole).toBe('owner');
  });

  test('of two owners who demote each other at once one wins', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const change = async (by: Person, of: Person, role: 'owner' | 'member') => {
      const params = { ...paramsOf(hanoi), userId: of.userId };
      return (await by.api.call('changeRole', { params, body: { role } })).position;
    };
    await change(an, binh, 'owner');

    const tries = await Promise.allSettled([change(an, binh, 'member'), change(binh, an, 'member')]);
    expect(tries.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(tries.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'FORBIDDEN' },
    });
    const [minPosition] = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const { data } = await an.api.call('listMembers', {
      params: paramsOf(hanoi),
      ...(minPosition === undefined ? {} : { minPosition }),
    });
    expect(data.map(({ role }) => role).toSorted()).toEqual(['member', 'owner']);
  });
});

describe('what a group shows and what goes there', () => {
  test('everybody sees the new name at once, on every device', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    await binh.device.at(hanoi);

    await (await an.device.at(hanoi)).group.update({ name: 'Huế', description: 'bún bò' });
    await binh.device.hears('conversation_updated', ({ name, updatedBy }) =>
      [name === 'Huế', updatedBy === an.userId].every(Boolean),
    );
    expect((await binh.device.at(hanoi)).getSnapshot().title).toBe('Huế');
    const params = paramsOf(hanoi);
    await expect(
      binh.api.call('updateConversation', { params, body: { name: 'Huế' } }),
    ).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    const view = await an.api.call('updateConversationByPut', {
      params,
      body: { settings: { memberLimit: 2 } },
    });
    expect(view).toMatchObject({ name: 'Huế', description: 'bún bò', settings: { memberLimit: 2 } });
  });

  test('where only admins write, a member is refused and an admin is heard', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const { group } = await an.device.at(hanoi);
    await group.update({ settings: { readOnly: true } });

    await expect(send(binh, hanoi)).rejects.toMatchObject({ code: 'READ_ONLY', definite: true });
    await send(an, hanoi, 'Thông báo');
    await expect(binh).toSee(['Thông báo'], { in: hanoi });
    await group.update({ settings: { readOnly: false } });
    await send(binh, hanoi, 'Cảm ơn');
    await expect(an).toSee(['Thông báo', 'Cảm ơn'], { in: hanoi });
  });
});

describe('a dissolved group', () => {
  test('is gone for everybody at once, and nobody writes there any more', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    await send(binh, hanoi);
    const { group } = await an.device.at(hanoi);
    await expect((await binh.device.at(hanoi)).group.dissolve()).rejects.toMatchObject({ code: 'FORBIDDEN' });

    await group.dissolve();
    for (const person of [an, binh]) {
      await person.device.hears('conversation_removed', ({ reason }) => reason === 'dissolved');
      await expect(send(person, hanoi)).rejects.toMatchObject({ code: 'READ_ONLY', definite: true });
    }
    await expect(send(chi, hanoi)).rejects.toMatchObject({ code: 'NOT_FOUND' });

    const params = paramsOf(hanoi);
    await expect(an.api.call('getConversation', { params })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(an.api.call('listMessages', { params })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await an.api.call('listConversations')).data).toEqual([]);
  });
});

describe('a direct chat', () => {
  const raceCount = inject('raceCount');
  // So many people have that many pairs among them.
  const peopleCount = Math.ceil((1 + Math.sqrt(1 + 8 * raceCount)) / 2);

  test('that both open at once is one chat, for every pair', { timeout: 240_000 }, async ({ world }) => {
    const people = await world.people(...Array.from({ length: peopleCount }, (_, index) => `Bạn ${index}`));
    const pairs = people
      .flatMap((one, index) => people.slice(index + 1).map((other) => [one, other] as const))
      .slice(0, raceCount);

    for (let start = 0; start < pairs.length; start += RACES_AT_ONCE) {
      const races = pairs.slice(start, start + RACES_AT_ONCE).map(async ([one, other]) => {
        const opened = await Promise.all([one.startsDirect(other), other.startsDirect(one)]);
        const [place] = opened;
        expect(new Set(opened.map(({ conversationId }) => conversationId)).size).toBe(1);
        expect((await world.logOf(place)).map(({ type }) => type)).toEqual(['conversation.started']);
      });
      await Promise.all(races);
    }
  });
});

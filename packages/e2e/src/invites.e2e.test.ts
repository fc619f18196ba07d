import { newUuidV7 } from '@parley/contracts';
import { type Person, story as test } from '@parley/testing';
import { describe, expect } from 'vitest';

const GUESS_COUNT_MAX = 20;
const CODE_LENGTH = 27;
const RACER_COUNT = 6;

const accept = (person: Person, code: string) => person.api.call('acceptInvite', { params: { code } });
const nothing = { code: 'NOT_FOUND', message: 'There is no such invite.' };

describe('an invite', () => {
  test('shows its group to whoever has it, and lets them in for all to see', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const { code } = await (await an.device.at(hanoi)).group.createInvite();

    // The invite is in the read model when its group's list shows it.
    await an.api.call('listInvites', { params: { id: hanoi.conversationId } });
    const shown = await chi.device.chat.findInvite(code);
    expect(shown).toMatchObject({ name: 'Hà Nội', memberCount: 2, isMember: false });
    const joined = await chi.device.chat.acceptInvite(code);
    expect(joined.conversationId).toBe(hanoi.conversationId);
    await binh.device.hears('user_joined_conversation', ({ members, addedBy }) =>
      [members[0]?.userId === chi.userId, addedBy === chi.userId].every(Boolean),
    );
    await an.says('Chào Chi', { in: hanoi });
    await expect(chi).toSee(['Chào Chi'], { in: hanoi });
    // Once more is the same.
    await chi.device.chat.acceptInvite(code);
    // What An reads includes what An has written, and it was Chi who came in.
    await expect
      .poll(async () => (await an.api.call('listInvites', { params: { id: hanoi.conversationId } })).data)
      .toMatchObject([{ useCount: 1, createdBy: an.userId, revokedAt: null }]);
    expect(JSON.stringify(await world.logOf(hanoi))).not.toContain(code);
  });

  test('asked for twice under one key is one invite with one code', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const params = { id: hanoi.conversationId };
    const idempotencyKey = newUuidV7();
    const ask = (useCountMax?: number) =>
      an.api.call('createInvite', {
        params,
        idempotencyKey,
        ...(useCountMax === undefined ? {} : { body: { useCountMax } }),
      });
    const [one, other] = await Promise.all([ask(), ask()]);

    expect(one.code).toBe(other.code);
    expect((await an.api.call('listInvites', { params })).data).toHaveLength(1);
    await expect(ask(5)).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
  });

  test('for one person lets one in, however many come at once', async ({ world }) => {
    const [an, ...others] = await world.people('An', ...Array.from({ length: RACER_COUNT }, () => 'Bạn'));
    const hanoi = await an.startsGroup('Hà Nội', { with: [] });
    const { code } = await (await an.device.at(hanoi)).group.createInvite({ useCountMax: 1 });
    const { position } = await an.api.call('updateConversation', {
      params: { id: hanoi.conversationId },
      body: { description: 'ai nhanh thì vào' },
    });
    await others[0]?.api.call('getInvite', { params: { code }, minPosition: position });

    const tries = await Promise.allSettled(others.map((person) => accept(person, code)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of tries) if (one.status === 'rejected') expect(one.reason).toMatchObject(nothing);
  });

  test('that was revoked, or of a group that closes, is as one that never was', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [] });
    const { group } = await an.device.at(hanoi);
    const [one, other] = [await group.createInvite(), await group.createInvite()];
    await group.revokeInvite(one.inviteId);

    const invites = await group.invites();
    expect(invites.map(({ revokedAt }) => revokedAt === null)).toEqual([true, false]);
    const never = 'A'.repeat(27);
    for (const code of [one.code, never]) await expect(accept(binh, code)).rejects.toMatchObject(nothing);
    await group.update({ settings: { privacy: 'private' } });
    await expect(accept(binh, other.code)).rejects.toMatchObject(nothing);
    await expect(group.createInvite()).rejects.toMatchObject({ details: { reason: 'invites-closed' } });
  });

  test('is not for guessing: after so many wrong ones a person waits', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [] });
    const { code } = await (await an.device.at(hanoi)).group.createInvite();
    const guess = (number: number) => accept(binh, String(number).padStart(code.length, 'x'));

    for (let count = 0; count < GUESS_COUNT_MAX; count += 1) {
      await expect(guess(count)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    // Even the right one waits now, so it says nothing about which is right.
    for (const tried of [`${code.slice(1)}x`, code]) {
      await expect(accept(binh, tried)).rejects.toMatchObject({ code: 'RATE_LIMITED', definite: true });
    }
    await an.api.call('getInvite', { params: { code } });
  });

  test('is not for guessing at one gateway after the other either', async ({ world }) => {
    const [an] = await world.people('An');
    const headers = { authorization: `Bearer ${an.device.tokens.accessToken}` };
    const guess = async (number: number) => {
      const path = `/invites/${String(number).padStart(CODE_LENGTH, 'x')}`;
      return (await fetch(`${world.gatewayUrl(number)}${path}`, { headers })).status;
    };
    for (let count = 0; count < GUESS_COUNT_MAX; count += 1) expect(await guess(count)).toBe(404);

    for (const gateway of [0, 1]) expect(await guess(GUESS_COUNT_MAX + gateway)).toBe(429);
  });
});

describe('a public group', () => {
  test('takes in whoever comes, and another one does not', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [] });
    const params = { id: hanoi.conversationId };

    await expect(binh.api.call('joinPublic', { params })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await (await an.device.at(hanoi)).group.update({ settings: { privacy: 'public' } });
    const joined = await binh.api.call('joinPublic', { params });
    expect(joined).toMatchObject({ ownRole: 'member', memberCount: 2 });
    await expect(binh.device.at(hanoi)).resolves.toBeDefined();
  });

  test('ends with the last one who leaves: nobody comes into a group that nobody owns', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [] });
    const params = { id: hanoi.conversationId };
    const { group } = await an.device.at(hanoi);
    await group.update({ settings: { privacy: 'public' } });
    const { code } = await group.createInvite();
    await an.leaves(hanoi);

    await expect(binh.api.call('joinPublic', { params })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(accept(binh, code)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await world.logOf(hanoi)).slice(-2).map(({ type }) => type)).toEqual([
      'conversation.member-left',
      'conversation.dissolved',
    ]);
    await an.device.hears('conversation_removed', ({ reason }) => reason === 'left');
  });
});

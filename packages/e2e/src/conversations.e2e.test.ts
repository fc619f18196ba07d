import { newUuidV7 } from '@parley/contracts';
import { story as test } from '@parley/testing';
import { describe, expect } from 'vitest';

describe('conversations', () => {
  test('a direct chat that both open at once is one chat', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const opened = await Promise.all(
      [an, binh, an, binh].map((me) => me.startsDirect(me === an ? binh : an)),
    );
    const [hanoi] = opened;

    expect(new Set(opened.map(({ conversationId }) => conversationId)).size).toBe(1);
    expect((await world.logOf(hanoi ?? { name: '', conversationId: '' })).map(({ type }) => type)).toEqual([
      'conversation.started',
    ]);
  });

  test('a group that is asked for twice under one key is one group', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const idempotencyKey = newUuidV7();
    const body = { name: 'Hà Nội', memberIds: [binh.userId] };
    const ask = () => an.api.call('startGroup', { body, idempotencyKey });
    const groups = await Promise.all([ask(), ask(), ask()]);

    expect(new Set(groups.map(({ conversationId }) => conversationId)).size).toBe(1);
    await expect(
      an.api.call('startGroup', { body: { ...body, name: 'Huế' }, idempotencyKey }),
    ).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
  });

  test('only members hear what is said, and nobody else can tell that there is anything', async ({
    world,
  }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const { messageId } = await an.says('Chào em', { in: hanoi });
    await expect(binh).toSee(['Chào em'], { in: hanoi });

    const { conversationId } = hanoi;
    const params = { id: conversationId };
    const tries = await Promise.allSettled([
      chi.api.call('getConversation', { params }),
      chi.api.call('listMessages', { params }),
      chi.api.call('listMembers', { params }),
      chi.api.call('listReadPositions', { params }),
      chi.api.call('getMessage', { params: { id: messageId } }),
      chi.api.call('sendText', {
        body: { conversationId, clientMessageId: newUuidV7(), content: 'Tôi đây' },
      }),
      chi.api.call('markRead', { body: { conversationId, upToSeq: 1 } }),
      chi.api.call('addMembers', { params, body: { userIds: [chi.userId] } }),
      chi.api.call('leave', { params }),
      chi.device.chat.connection.request('join_conversation', { conversationId }),
    ]);
    for (const refusal of tries) {
      expect(refusal).toMatchObject({ status: 'rejected', reason: { code: 'NOT_FOUND' } });
    }
    const { removed } = await chi.device.chat.connection.request('sync_request', {
      cursors: { [conversationId]: 0 },
    });
    expect(removed).toEqual([conversationId]);
    expect(chi.device.heard('new_message')).toEqual([]);
  });

  test('a plain member is refused what only an owner may', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });

    await expect(binh.adds([chi], { to: hanoi })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(binh.removes(an, { from: hanoi })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  test('the last owner does not just leave', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });

    await expect(an.leaves(hanoi)).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { reason: 'last-owner' },
    });
    await binh.leaves(hanoi);
    await an.device.hears('user_left_conversation', ({ userId }) => userId === binh.userId);
  });

  test('nobody chats with oneself, or with nobody', async ({ world }) => {
    const [an] = await world.people('An');
    const nobody = `usr_${'0'.repeat(26)}`;

    await expect(an.device.chat.startDirect(an.userId)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    await expect(an.device.chat.startDirect(nobody)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('somebody who is added hears what follows', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    await an.says('trước', { in: hanoi });
    await an.adds([chi], { to: hanoi });
    await chi.device.at(hanoi);
    await an.says('sau', { in: hanoi });

    await expect(chi).toSee(['sau'], { in: hanoi });
    await an.device.hears('user_joined_conversation', ({ members }) =>
      members.some(({ userId }) => userId === chi.userId),
    );
  });

  test('somebody who is removed is told on every device, and hears no more', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const laptop = await binh.takesAnotherDevice();
    await an.says('Chào em', { in: hanoi });
    await expect(binh.device).toSee(['Chào em'], { in: hanoi });

    const removedAt = await an.removes(binh, { from: hanoi });
    const told = await Promise.all(
      [binh.device, laptop].map((device) => device.hears('conversation_removed')),
    );
    expect(told.map(({ reason, seq }) => [reason, seq])).toEqual([
      ['removed', 3],
      ['removed', 3],
    ]);

    await an.says('Bình đi rồi', { in: hanoi });
    // A read that includes the removal shows nothing, at the first try.
    await expect(binh.history(hanoi, removedAt)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const later = binh.devices.flatMap((device) =>
      device.heard('new_message').filter(({ message }) => message.seq > 3),
    );
    expect(later).toEqual([]);
  });
});

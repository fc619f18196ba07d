import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { newUuidV7, type RouteName } from '@parley/contracts';
import { type Person, type Place, story as test, until } from '@parley/testing';
import { describe, expect } from 'vitest';

const CLI = join(import.meta.dirname, '..', '..', 'cli', 'src', 'main.ts');
const run = promisify(execFile);

/** What everybody's devices must agree on after so long. */

type Act = Extract<
  RouteName,
  | 'archive'
  | 'unarchive'
  | 'unarchiveByPost'
  | 'unmute'
  | 'unmuteByPost'
  | 'pinConversation'
  | 'unpinConversation'
  | 'markUnread'
  | 'unmarkUnread'
>;

const does = (person: Person, act: Act, place: Place) =>
  person.api.call(act, { params: { id: place.conversationId } });

const viewOf = (person: Person, place: Place) =>
  person.api.call('getConversation', { params: { id: place.conversationId } });

async function namesOf(
  person: Person,
  query: Record<string, string | boolean> = {},
  written: { readonly minPosition?: string } = {},
) {
  const { data, total } = await person.api.call('listConversations', { query, ...written });
  expect(total).toBe(query['unread'] === undefined ? data.length : null);
  return data.map(({ name }) => name);
}

/** All of a person's devices show this, in time. */
async function allDevicesShow(person: Person, place: Place, shown: object): Promise<void> {
  const { conversationId } = place;
  const summaries = () =>
    person.devices.map(({ chat }) =>
      chat.conversations().find((summary) => summary.conversationId === conversationId),
    );
  const fits = (summary: object | undefined) =>
    Object.entries(shown).every(
      ([name, value]) => JSON.stringify(Reflect.get(summary ?? {}, name)) === JSON.stringify(value),
    );
  await until({
    look: () => (summaries().every(fits) ? true : undefined),
    instead: () => JSON.stringify(summaries()),
  });
}

describe('a conversation kept one’s own way', () => {
  test('archived, muted, pinned and marked, on all devices and for nobody else', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const hue = await an.startsGroup('Huế', { with: [binh] });
    await an.takesAnotherDevice();
    await binh.device.at(hue);

    await does(an, 'archive', hanoi);
    await allDevicesShow(an, hanoi, { isArchived: true });
    expect(await namesOf(an)).toEqual(['Huế']);
    expect(await namesOf(an, { archived: true })).toEqual(['Hà Nội']);
    await does(an, 'unarchiveByPost', hanoi);
    await allDevicesShow(an, hanoi, { isArchived: false });

    await does(an, 'pinConversation', hanoi);
    await allDevicesShow(an, hanoi, { isPinned: true });
    expect(await namesOf(an)).toEqual(['Hà Nội', 'Huế']);
    await does(an, 'unpinConversation', hanoi);
    expect(await namesOf(an)).toEqual(['Huế', 'Hà Nội']);

    const tonight = new Date(Date.now() + 3_600_000).toISOString();
    await an.api.call('mute', { params: { id: hanoi.conversationId }, body: { until: tonight } });
    await allDevicesShow(an, hanoi, { mutedUntil: tonight });
    expect(await namesOf(an, { muted: true })).toEqual(['Hà Nội']);
    await an.api.call('mute', { params: { id: hanoi.conversationId } });
    await allDevicesShow(an, hanoi, { mutedUntil: 'forever' });
    await does(an, 'unmute', hanoi);
    await allDevicesShow(an, hanoi, { mutedUntil: null });
    const past = new Date(0).toISOString();
    await expect(
      an.api.call('mute', { params: { id: hanoi.conversationId }, body: { until: past } }),
    ).rejects.toMatchObject({ code: 'VALIDATION_FAILED', details: { reason: 'mute-is-over' } });

    expect(binh.device.heard('conversation_preferences_updated')).toEqual([]);
    expect(await viewOf(binh, hanoi)).toMatchObject({ isArchived: false, ownViewVersion: 0 });
  });

  test('of two devices that disagree at once all believe the same one', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const laptop = await an.takesAnotherDevice();
    const params = { id: hanoi.conversationId };

    const written = await Promise.all([
      an.api.call('archive', { params }),
      laptop.chat.api.call('unarchive', { params }),
      an.api.call('pinConversation', { params }),
      laptop.chat.api.call('unpinConversation', { params }),
    ]);

    const { isArchived, isPinned } = await laptop.chat.api.call('getConversation', {
      params,
      minPosition: written.map(({ position }) => position).join(','),
    });
    await allDevicesShow(an, hanoi, { isArchived, isPinned });
  });

  test('a mark as unread stands until it is read, also when there is nothing new to read', async ({
    world,
  }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const laptop = await binh.takesAnotherDevice();
    const { seq } = await an.says('Chào em', { in: hanoi });
    await expect(binh).toSee(['Chào em'], { in: hanoi });
    const phone = await binh.device.at(hanoi);

    phone.markRead();
    await laptop.hears('sync_read_status');
    await does(binh, 'markUnread', hanoi);
    await allDevicesShow(binh, hanoi, { isMarkedUnread: true, unreadCount: 0 });
    expect(await namesOf(binh, { unread: true })).toEqual(['Hà Nội']);

    const body = { conversationId: hanoi.conversationId, upToSeq: seq };
    const { position = '' } = await laptop.chat.api.call('markRead', { body });
    await binh.device.hears('sync_read_status');
    expect(phone.state.summary().isMarkedUnread).toBe(false);
    const params = { id: hanoi.conversationId };
    const { isMarkedUnread } = await binh.api.call('getConversation', { params, minPosition: position });
    expect(isMarkedUnread).toBe(false);
    expect(await namesOf(binh, { unread: true })).toEqual([]);

    await does(binh, 'markUnread', hanoi);
    await allDevicesShow(binh, hanoi, { isMarkedUnread: true });
    phone.markRead();
    await allDevicesShow(binh, hanoi, { isMarkedUnread: false });

    await does(binh, 'markUnread', hanoi);
    await binh.says('Chào anh', { in: hanoi });
    await allDevicesShow(binh, hanoi, { isMarkedUnread: false });
    await does(binh, 'markUnread', hanoi);
    await allDevicesShow(binh, hanoi, { isMarkedUnread: true });
    expect(await viewOf(binh, hanoi)).toMatchObject({ isMarkedUnread: true });
    await does(binh, 'unmarkUnread', hanoi);
    await allDevicesShow(binh, hanoi, { isMarkedUnread: false });
    expect(await viewOf(binh, hanoi)).toMatchObject({ isMarkedUnread: false });
  });

  test('a new message leaves an archived conversation where it is, and is counted', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    await binh.device.at(hanoi);
    await does(binh, 'archive', hanoi);
    const body = { conversationId: hanoi.conversationId, clientMessageId: newUuidV7(), content: 'Chào em' };
    const { position } = await an.api.call('sendText', { body });
    await expect(binh).toSee(['Chào em'], { in: hanoi });

    const written = { minPosition: position };
    expect(await namesOf(binh, {}, written)).toEqual([]);
    expect(await namesOf(binh, { archived: true, unread: true }, written)).toEqual(['Hà Nội']);
  });
});

test('how conversations are kept is the same after the tables were made anew', async ({ world }) => {
  const [an, binh] = await world.people('An', 'Bình');
  const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
  await does(an, 'archive', hanoi);
  await does(an, 'pinConversation', hanoi);
  await does(an, 'markUnread', hanoi);
  const params = { id: hanoi.conversationId };
  await an.api.call('mute', { params });
  await an.api.call('saveDraft', { params, body: { draft: { text: 'Mai gặp nhé' } } });
  const before = await viewOf(an, hanoi);
  expect(before).toMatchObject({
    isArchived: true,
    isPinned: true,
    isMarkedUnread: true,
    mutedUntil: 'forever',
    draft: { text: 'Mai gặp nhé' },
  });

  const { natsUrls, postgresUrls } = world.system.infra;
  const env = { NATS_URL: natsUrls['admin'], DATABASE_URL: postgresUrls['admin'] };
  for (const model of ['own-view', 'member-list', 'conversation-list']) {
    await run(process.execPath, [CLI, 'projector', 'rebuild', `conversation/${model}`], { env });
  }

  await until({
    look: async () => {
      const view = await viewOf(an, hanoi).catch(() => undefined);
      return JSON.stringify(view) === JSON.stringify(before) ? view : undefined;
    },
    instead: () => `not ${JSON.stringify(before)} again`,
  });
});

describe('a draft', () => {
  test('is on the other devices in a moment, and gone when it is sent or thought better of', async ({
    world,
  }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const laptop = await an.takesAnotherDevice();
    await binh.device.at(hanoi);
    const params = { id: hanoi.conversationId };
    const draft = { text: 'Tối nay…' };

    await an.api.call('saveDraft', { params, body: { draft } });
    const told = await laptop.hears('draft_updated');
    expect(told).toMatchObject({ draft, syncedFrom: an.device.tokens.deviceId });
    expect(await viewOf(an, hanoi)).toMatchObject({ draft });

    await an.says('Tối nay ăn gì?', { in: hanoi });
    await allDevicesShow(an, hanoi, { draft: null });
    const position = (await world.logOf(hanoi)).at(-1)?.position;
    expect(await an.api.call('getConversation', { params, minPosition: `conv-${position}` })).toMatchObject({
      draft: null,
    });

    await an.api.call('saveDraft', { params, body: { draft: { text: 'Hay là' } } });
    await an.api.call('saveDraft', { params, body: { draft: null } });
    expect(await viewOf(an, hanoi)).toMatchObject({ draft: null });
    expect(binh.device.heard('draft_updated')).toEqual([]);
  });
});

test('for somebody outside there is nothing to keep, in the same words as for nothing at all', async ({
  world,
}) => {
  const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
  const hanoi = await an.startsGroup('Hà Nội', { with: [binh, chi] });
  await chi.device.at(hanoi);
  const removedAt = await an.removes(chi, { from: hanoi });
  const nowhere = { name: 'nowhere', conversationId: `cnv_${'0'.repeat(26)}` };
  const acts = [
    'archive',
    'unarchive',
    'unarchiveByPost',
    'unmute',
    'unmuteByPost',
    'pinConversation',
    'unpinConversation',
    'markUnread',
    'unmarkUnread',
  ] as const;
  const refusals = async (place: Place) => {
    const params = { id: place.conversationId };
    const tries = await Promise.allSettled([
      ...acts.map((act) => does(chi, act, place)),
      chi.api.call('mute', { params }),
      chi.api.call('saveDraft', { params, body: { draft: { text: 'x' } } }),
      chi.api.call('saveDraft', { params, body: { draft: null } }),
    ]);
    return tries.map((tried) => {
      if (tried.status === 'fulfilled') return 'allowed';
      const { code, message, definite, details } = tried.reason;
      return JSON.stringify({ code, message, definite, details });
    });
  };

  expect(removedAt).toBeDefined();
  const refused = await refusals(hanoi);
  expect(refused).toEqual(await refusals(nowhere));
  expect(new Set(refused).size).toBe(1);
  expect(refused[0]).toContain('NOT_FOUND');
  expect(chi.device.heard('conversation_preferences_updated')).toEqual([]);
});

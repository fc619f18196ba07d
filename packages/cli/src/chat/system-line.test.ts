import { expect, test } from 'vitest';

import { systemText } from './system-line.ts';

const names: Readonly<Record<string, string>> = { usr_a: 'you', usr_b: 'Bình', usr_c: 'Chi' };
const nameOf = (userId: string) => names[userId] ?? userId;
const said = (template: string, variables: Readonly<Record<string, string | string[]>>) =>
  systemText({ type: 'system', template, variables }, nameOf);

test('who came, and by whom', () => {
  expect(said('member-joined', { user: 'usr_c', by: 'usr_b' })).toBe('Bình added Chi');
  expect(said('member-joined', { user: 'usr_c', by: 'usr_c' })).toBe('Chi joined');
  expect(said('members-joined', { users: ['usr_b', 'usr_c'], by: 'usr_a' })).toBe('you added Bình, Chi');
});

test('who went, and who is what now', () => {
  expect(said('member-left', { user: 'usr_b' })).toBe('Bình left');
  expect(said('member-removed', { user: 'usr_b', by: 'usr_c' })).toBe('Chi removed Bình');
  expect(said('role-changed', { user: 'usr_b', role: 'admin', by: 'usr_c' })).toBe('Chi made Bình an admin');
  expect(said('ownership-transferred', { user: 'usr_b', by: 'usr_c' })).toBe(
    'Chi handed the group over to Bình',
  );
});

test('what a group is called and what goes there', () => {
  expect(said('conversation-created', { by: 'usr_a', name: 'Hà Nội' })).toBe('you created the group');
  expect(said('renamed', { name: 'Huế', by: 'usr_b' })).toBe('Bình named the group Huế');
  expect(said('conversation-updated', { changed: ['description'], by: 'usr_b' })).toBe(
    'Bình changed what the group shows of itself: description',
  );
  expect(said('settings-changed', { changed: ['readOnly', 'privacy'], by: 'usr_b' })).toBe(
    'Bình changed the settings: readOnly, privacy',
  );
  expect(said('dissolved', { by: 'usr_b' })).toBe('Bình dissolved the group');
});

test('what is pinned', () => {
  expect(said('message-pinned', { message: 'msg_1', by: 'usr_b' })).toBe('Bình pinned a message');
  expect(said('message-unpinned', { message: 'msg_1', by: 'usr_b' })).toBe('Bình unpinned a message');
});

test('a template of a newer server says its own name', () => {
  expect(said('theme-changed', { by: 'usr_b' })).toBe('theme changed');
  expect(said('constructor', {})).toBe('constructor');
});

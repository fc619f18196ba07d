import { expect, test } from 'vitest';

import { en, type SystemVariables } from './en.ts';
import { vi } from './vi.ts';

test('both languages have words for the same lines of a timeline', () => {
  expect(Object.keys(vi.system).toSorted()).toEqual(Object.keys(en.system).toSorted());
});

test('a line says who did what to whom', () => {
  const variables: SystemVariables = {
    by: 'An',
    user: 'Bình',
    users: 'Bình, Chi',
    name: 'Phở',
    role: 'admin',
    isSelf: false,
  };
  expect(en.system['member-joined']?.(variables)).toBe('An added Bình');
  expect(vi.system['member-joined']?.(variables)).toBe('An đã thêm Bình');
  expect(en.system['member-joined']?.({ ...variables, isSelf: true })).toBe('Bình joined');
});

import { beforeEach, expect, test } from 'vitest';

import type { ClientSession } from '../transport/client-session.ts';
import { Degradation } from './degradation.ts';

let said: [name: string, features: readonly string[] | undefined][];
let degradation: Degradation;

const session = {
  emit: (name: string, { features }: { features?: readonly string[] }) => said.push([name, features]),
} as unknown as ClientSession;

beforeEach(() => {
  said = [];
  degradation = new Degradation({ all: () => [session].values() as never });
});

test('everybody is told once when a part goes, and once when all is back', () => {
  degradation.set('redis', true);
  degradation.set('redis', true);
  degradation.set('postgres', true);
  degradation.set('redis', false);
  degradation.set('postgres', false);
  degradation.set('postgres', false);
  expect(said).toEqual([
    ['degraded', ['presence', 'typing']],
    ['degraded', ['presence', 'typing', 'history', 'search', 'lists', 'sign-in']],
    ['degraded', ['history', 'search', 'lists', 'sign-in']],
    ['restored', undefined],
  ]);
});

test('a newcomer is told what is away, and nothing where nothing is', () => {
  degradation.tell(session);
  expect(said).toEqual([]);
  degradation.set('nats', true);
  degradation.tell(session);
  expect(said.at(-1)).toEqual(['degraded', ['messages']]);
});

import { expect, test } from 'vitest';

import { seededRandom } from './random.ts';
import { drawScenario } from './scenario.ts';

test('500 people in 50 rooms of 20 are in two rooms each', () => {
  const { members } = drawScenario({ peopleCount: 500, roomCount: 50, roomSize: 20 }, seededRandom(1));

  const roomCounts = Map.groupBy(members.flat(), (person) => person);
  expect(members).toHaveLength(50);
  expect(roomCounts.size).toBe(500);
  for (const [, rooms] of roomCounts) expect(rooms).toHaveLength(2);
  for (const room of members) expect(new Set(room).size).toBe(20);
});

import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { Positions } from './positions.ts';

const RUN_COUNT = 10_000;
const TEST_MS_MAX = 60_000;
const an = 'usr_an';
const people = [an, 'usr_binh', 'usr_chi'];

interface Told {
  readonly kind: 'read' | 'delivered';
  readonly userId: string;
  readonly upToSeq: number;
}

const told: fc.Arbitrary<Told> = fc.record({
  kind: fc.constantFrom('read' as const, 'delivered' as const),
  userId: fc.constantFrom(...people),
  upToSeq: fc.integer({ min: 1, max: 9 }),
});

/** What five devices hear: all of it, each in an order of its own and some of it twice. */
const heardByFive = fc.array(told, { minLength: 1, maxLength: 12 }).chain((all) => {
  const heard = fc
    .tuple(fc.shuffledSubarray(all, { minLength: all.length }), fc.subarray(all))
    .map(([once, again]) => [...once, ...again]);
  return fc.tuple(fc.constant(all), fc.array(heard, { minLength: 5, maxLength: 5 }));
});

test(
  'I22: five devices that hear the same in any order, some of it twice, show the same, and nothing goes back',
  { timeout: TEST_MS_MAX },
  () => {
    fc.assert(
      fc.property(heardByFive, ([all, devices]) => {
        const wanted = JSON.stringify(
          people.map((userId) => [
            furthest(all, userId, ['read']),
            furthest(all, userId, ['read', 'delivered']),
          ]),
        );
        return devices.every((heard) => wentForward(heard) === wanted);
      }),
      { numRuns: RUN_COUNT },
    );
  },
);

test('a message is delivered as soon as one other person has it, and read as soon as one has read it', () => {
  const positions = new Positions(an);
  positions.takeRead(an, 9);
  expect([1, 2, 3].map(positions.ticks())).toEqual(['sent', 'sent', 'sent']);
  positions.takeDelivered('usr_binh', 2);
  positions.takeRead('usr_chi', 1);
  expect([1, 2, 3].map(positions.ticks())).toEqual(['read', 'delivered', 'sent']);
});

function take(positions: Positions, { kind, userId, upToSeq }: Told): void {
  if (kind === 'read') positions.takeRead(userId, upToSeq);
  else positions.takeDelivered(userId, upToSeq);
}

/** Where everybody stands on a device in the end; nothing where a tick went back on the way. */
function wentForward(heard: readonly Told[]): string | undefined {
  const positions = new Positions(an);
  let before = rankOf(positions);
  for (const one of heard) {
    take(positions, one);
    const after = rankOf(positions);
    if (after.some((rank, index) => rank < (before[index] ?? 0))) return undefined;
    before = after;
  }
  return JSON.stringify(
    people.map((userId) => [positions.reads.get(userId), positions.deliveries.get(userId)]),
  );
}

/** How far each message has come. */
function rankOf(positions: Positions): readonly number[] {
  const tick = positions.ticks();
  return Array.from({ length: 9 }, (_, index) => ['sent', 'delivered', 'read'].indexOf(tick(index + 1)));
}

function furthest(all: readonly Told[], userId: string, kinds: readonly Told['kind'][]): number | undefined {
  const own = all.filter((one) => one.userId === userId && kinds.includes(one.kind));
  return own.length === 0 ? undefined : Math.max(...own.map(({ upToSeq }) => upToSeq));
}

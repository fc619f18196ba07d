import { type ConversationId, newId, SyncToken, type UserId } from '@parley/contracts';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { type SyncPlace, syncStages, SyncTokens } from './sync-token.ts';

const tokens = new SyncTokens(Buffer.alloc(32, 1));
const an: UserId = newId('usr');
const binh: UserId = newId('usr');
const hanoi: ConversationId = newId('cnv');

const reach = fc.record({ conv: fc.maxSafeNat(), user: fc.maxSafeNat() });
const number = fc.option(fc.maxSafeNat(), { nil: undefined });
const place: fc.Arbitrary<SyncPlace> = fc.record({
  epochs: fc.constant({ conv: '2026-11-21T08:00:00.000000001Z', user: '2026-11-21T08:00:00.000000002Z' }),
  from: reach,
  next: fc.option(
    fc.record({
      to: reach,
      stage: fc.record({
        name: fc.constantFrom(...syncStages),
        conversationId: fc.constantFrom(hanoi, undefined),
        number,
      }),
    }),
    { nil: undefined },
  ),
});

test('a token opens to the place that it was made of, for its person only', () => {
  fc.assert(
    fc.property(place, (one) => {
      const token = tokens.sign(an, one);
      expect(SyncToken.parse(token)).toBe(token);
      expect(tokens.open(token, an)).toEqual(one);
      expect(tokens.open(token, binh)).toBeUndefined();
    }),
  );
});

test('one that was changed in any byte, cut or lengthened anywhere, or signed elsewhere says nothing', () => {
  const token = tokens.sign(an, { epochs: { conv: 'a', user: 'b' }, from: { conv: 7, user: 9 } });
  const others = token
    .split('')
    .flatMap((character, index) => [
      `${token.slice(0, index)}${character === 'A' ? 'B' : 'A'}${token.slice(index + 1)}`,
      token.slice(0, index),
      `${token.slice(0, index)}${token.slice(index + 1)}`,
      `${token.slice(0, index)}A${token.slice(index)}`,
    ]);
  for (const other of [...others, `${token}A`, `${token}==`, '', 'null', '{}']) {
    if (other === token) continue;
    expect(tokens.open(other, an)).toBeUndefined();
  }
  expect(new SyncTokens(Buffer.alloc(32, 2)).open(token, an)).toBeUndefined();
});

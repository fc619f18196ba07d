import { expect, test } from 'vitest';

import { Pulse } from './pulse.ts';

test('who stood still is not steady from the moment of waking until everything is known', () => {
  let nowMs = 0;
  const pulse = new Pulse(() => nowMs);
  nowMs = 500;
  expect(pulse.beat()).toBe(0);
  expect(pulse.isSteady).toBe(true);

  nowMs = 10_500;
  // No timer has run yet.
  expect(pulse.isSteady).toBe(false);
  expect(pulse.beat()).toBe(10_000);
  expect(pulse.isSteady).toBe(false);
  nowMs = 11_000;
  expect(pulse.beat()).toBe(0);
  expect(pulse.isSteady).toBe(false);
  pulse.awake();
  expect(pulse.isSteady).toBe(true);
});

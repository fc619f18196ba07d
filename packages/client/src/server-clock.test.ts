import { uuidV7TimeMs } from '@parley/contracts';
import { describe, expect, test } from 'vitest';

import { ServerClock } from './server-clock.ts';

const noon = Date.parse('2026-11-21T12:00:00.000Z');

describe('the time of the server', () => {
  test('an id carries the server’s time, not that of a device an hour ahead', () => {
    let device = noon + 3_600_000;
    const clock = new ServerClock(() => device);
    clock.set('2026-11-21T12:00:00.000Z');
    device += 5_000;
    expect(uuidV7TimeMs(clock.newClientMessageId())).toBe(noon + 5_000);
  });

  test('until it is told, the device’s own time has to do', () => {
    expect(new ServerClock(() => noon).nowMs()).toBe(noon);
  });

  test('a time that cannot be read changes nothing', () => {
    const clock = new ServerClock(() => noon);
    clock.set('soon');
    expect(clock.nowMs()).toBe(noon);
  });
});

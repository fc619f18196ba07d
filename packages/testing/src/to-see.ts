import { expect } from 'vitest';

import type { Device, Place } from './device.ts';
import { Person } from './people.ts';
import { NotInTimeError, until } from './until.ts';

declare module 'vitest' {
  // The parameters are those of the original, to the letter, or the two are not one interface.
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /** Waits until every device of a person, or this one, shows exactly these texts in this order. */
    toSee: (texts: readonly string[], where: { readonly in: Place }) => Promise<void>;
  }
}

expect.extend({
  async toSee(received: unknown, texts: readonly string[], { in: place }: { readonly in: Place }) {
    const devices = received instanceof Person ? received.devices : [received as Device];
    const isThere = (device: Device) => JSON.stringify(device.textsIn(place)) === JSON.stringify(texts);
    const differing = () => devices.filter((device) => !isThere(device));
    try {
      await until({
        look: () => (differing().length === 0 ? true : undefined),
        instead: () =>
          differing()
            .map((device) => `${device.name} sees ${JSON.stringify(device.textsIn(place))}`)
            .join('; '),
      });
      return { pass: true, message: () => `everybody sees ${JSON.stringify(texts)} in ${place.name}` };
    } catch (error) {
      if (!(error instanceof NotInTimeError)) throw error;
      return {
        pass: false,
        message: () => `${error.message}, not ${JSON.stringify(texts)} in ${place.name}`,
      };
    }
  },
});

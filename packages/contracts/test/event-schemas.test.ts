import { expect, test } from 'vitest';
import { z } from 'zod';

import {
  conversationEvents,
  fileEvents,
  identityEvents,
  messageEvents,
  ownViewEvents,
} from '../src/index.ts';

const events = [...identityEvents, ...conversationEvents, ...ownViewEvents, ...messageEvents, ...fileEvents];

// Streams outlive deployments. If this fails you changed the shape of facts already written:
// add a field as optional, or publish a new event type and upcast the old one.
test.each(events.map((event) => [event.type, event] as const))(
  '%s keeps its published schema',
  async (type, event) => {
    const schema = z.toJSONSchema(event.data, { unrepresentable: 'any', io: 'input' });
    await expect(`${JSON.stringify(schema, undefined, 2)}\n`).toMatchFileSnapshot(
      `../schemas/${event.type}.json`,
    );
  },
);

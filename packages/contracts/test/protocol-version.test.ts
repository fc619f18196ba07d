import { expect, test } from 'vitest';
import { z } from 'zod';

import { clientEvents, PROTOCOL_VERSION, routes, serverEvents } from '../src/index.ts';

// What clients in the field rely on. A field more is fine: update the file with `vitest -u`. A field less or
// another meaning needs the next PROTOCOL_VERSION, and the gateway must go on serving the old one for a while.
test('the edge protocol is what clients of this version know', async () => {
  const protocol = {
    version: PROTOCOL_VERSION,
    clientEvents: Object.fromEntries(
      Object.entries(clientEvents).map(([name, { payload }]) => [name, schemaOf(payload)]),
    ),
    serverEvents: Object.fromEntries(
      Object.entries(serverEvents).map(([name, schema]) => [name, schemaOf(schema)]),
    ),
    routes: Object.values(routes).map((route) => ({
      route: `${route.method} ${route.path}`,
      body: schemaOf('body' in route ? route.body : undefined),
      answer: schemaOf('answer' in route ? route.answer : undefined),
    })),
  };
  await expect(`${JSON.stringify(protocol, undefined, 2)}\n`).toMatchFileSnapshot(
    `../schemas/protocol-v${PROTOCOL_VERSION}.json`,
  );
});

function schemaOf(schema: z.ZodType | undefined) {
  return schema ? z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) : null;
}

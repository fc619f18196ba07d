import { setTimeout as delay } from 'node:timers/promises';

import { connectNats, lastPositionOf } from '@parley/jetstream';
import type { Infra } from '@parley/local';
import { type Kysely, sql } from 'kysely';

const CATCH_UP_MS_MAX = 20 * 60_000;
const POLL_MS = 250;

/** Until every read model has passed the ends of the logs. */
export async function caughtUp(infra: Infra, db: Kysely<unknown>): Promise<void> {
  const nc = await connectNats({ url: infra.nats.url('admin'), name: 'bench' });
  const ends = { conv: await lastPositionOf(nc, 'conv'), user: await lastPositionOf(nc, 'user') };
  await nc.drain();
  const endMs = performance.now() + CATCH_UP_MS_MAX;
  for (;;) {
    const { rows } = await sql<{ readonly log: 'conv' | 'user'; readonly position: number }>`
      select log, min(position) as position from (
        select log, position from message.checkpoint
        union all select log, position from conversation.checkpoint
        union all select log, position from identity.checkpoint
      ) as models group by log`.execute(db);
    if (rows.every(({ log, position }) => position >= ends[log])) return;
    if (performance.now() > endMs) throw new Error(`the tables did not catch up: ${JSON.stringify(rows)}`);
    await delay(POLL_MS);
  }
}

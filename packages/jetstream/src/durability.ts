import type { NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';

import { DURABILITY_SUBJECT } from './permissions.ts';

const ANSWER_MS_MAX = 2_000;
/** Servers of a cluster answer one by one; this long after the last answer no more is expected. */
const QUIET_MS = 150;

const ServerAnswer = z.object({
  server: z.object({ name: z.string(), ver: z.string() }),
  data: z.object({
    config: z
      .object({ sync_always: z.boolean().default(false), sync_interval: z.number().default(0) })
      .optional(),
  }),
});

/** How one server stores: whether an acknowledged message is on its disk or only on the way there. */
export interface ServerDurability {
  readonly server: string;
  readonly version: string;
  readonly syncAlways: boolean;
}

/**
 * Asks every server of the deployment how it syncs. The question belongs to the system account, which exports
 * it to ours, so an ordinary user of ours may ask it. No answer (an empty list) means that it is not exported:
 * then nobody knows, which is as good as lazy.
 */
export async function readDurability(nc: NatsConnection): Promise<readonly ServerDurability[]> {
  const answers = await nc
    .requestMany(DURABILITY_SUBJECT, JSON.stringify({ config: true }), {
      strategy: 'stall',
      stall: QUIET_MS,
      maxWait: ANSWER_MS_MAX,
    })
    .catch(() => []);
  const found: ServerDurability[] = [];
  try {
    for await (const answer of answers) {
      const parsed = ServerAnswer.safeParse(answer.json());
      if (!parsed.success || parsed.data.data.config === undefined) continue;
      const { server, data } = parsed.data;
      found.push({
        server: server.name,
        version: server.ver,
        syncAlways: data.config?.sync_always === true,
      });
    }
  } catch {
    // Nobody listens, or the user may not ask.
    return found;
  }

  return found;
}

import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

import { readDurability } from './durability.ts';
import { DURABILITY_SUBJECT } from './permissions.ts';
import { isAway } from './queries.ts';
import { consumers, type DeclaredStream, streams } from './topology.ts';

/** JetStream's API level of nats-server 2.14; older servers silently ignore what the design rests on. */
const API_LEVEL_MIN = 4;

/** The broker is not what the system is built on; the message says what differs and how to mend it. */
export class TopologyError extends Error {
  override readonly name = 'TopologyError';
}

/** Whether a service may start: the server is new enough and its streams are as declared. */
export async function verifyTopology(
  nc: NatsConnection,
  { durability }: { readonly durability: 'strict' | 'relaxed' },
): Promise<void> {
  const version = nc.info?.version ?? 'unknown';
  const manager = await jetstreamManager(nc, { checkAPI: false });
  const account = await manager.getAccountInfo().catch((error: unknown) => {
    if (isAway(error) && !isJetStreamOff(error)) throw error;
    throw new TopologyError(
      `NATS ${version} has no JetStream for this user; start it with JetStream enabled.`,
    );
  });
  const level = (account.api as { level?: number }).level ?? 0;
  if (level < API_LEVEL_MIN) {
    throw new TopologyError(
      `NATS ${version} is too old (JetStream API level ${level}); nats-server 2.14 or newer is needed.`,
    );
  }
  if (durability === 'strict') await verifyDurability(nc);
  for (const declared of streams) {
    const info = await manager.streams.info(declared.name).catch((error: unknown) => {
      // No answer now is no word about the stream: it ends the start as a fault, and the next start may succeed.
      if (isAway(error)) throw error;
      throw new TopologyError(`The stream ${declared.name} is missing; run "parley migrate".`);
    });
    const difference = differenceOf(declared, info.config);
    if (difference) {
      throw new TopologyError(
        `The stream ${declared.name} differs from what is declared (${difference}); run "parley migrate".`,
      );
    }
  }
  await verifyConsumers(nc);
}

/** Nobody answers for JetStream at all: this server was started without it. */
function isJetStreamOff(error: unknown): boolean {
  return error instanceof Error && error.name === 'JetStreamNotEnabled';
}

/** An acknowledged message must be on disk: a server that syncs now and then loses minutes of them with the power. */
async function verifyDurability(nc: NatsConnection): Promise<void> {
  const servers = await readDurability(nc);
  const lazy = servers.find(({ syncAlways }) => !syncAlways);
  const mend =
    'Set "sync_interval: always" in its jetstream block, or start with DURABILITY=relaxed and accept the loss.';
  if (lazy) {
    throw new TopologyError(`NATS ${lazy.version} (${lazy.server}) does not sync every write. ${mend}`);
  }
  if (servers.length > 0) return;
  throw new TopologyError(
    `NATS does not tell how it syncs: its system account must export ${DURABILITY_SUBJECT} to this one. ${mend}`,
  );
}

async function verifyConsumers(nc: NatsConnection): Promise<void> {
  const manager = await jetstreamManager(nc, { checkAPI: false });
  await Promise.all(
    Object.entries(consumers).flatMap(([stream, declared]) =>
      declared.map((consumer) =>
        manager.consumers.info(stream, consumer.durable_name).catch((error: unknown) => {
          if (isAway(error)) throw error;
          throw new TopologyError(
            `The consumer ${consumer.durable_name} of ${stream} is missing; run "parley migrate".`,
          );
        }),
      ),
    ),
  );
}

/** The first declared property that the server has otherwise; what is not declared may be the server's default. */
export function differenceOf(
  declared: DeclaredStream,
  actual: Readonly<Record<string, unknown>>,
): string | undefined {
  for (const [property, wanted] of Object.entries(declared)) {
    const found = actual[property];
    const empty = found === undefined && (wanted === false || wanted === 0);
    if (!empty && !contains(found, wanted)) {
      return `${property} is ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`;
    }
  }
  return undefined;
}

function contains(found: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return found === wanted;
  if (typeof found !== 'object' || found === null) return false;
  const entries = Object.entries(wanted);
  return entries.every(([key, value]) => contains((found as Record<string, unknown>)[key], value));
}

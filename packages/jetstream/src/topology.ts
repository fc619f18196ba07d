import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  StoreCompression,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import type { LogName } from '@parley/event-sourcing';

import type { CommandService } from './subjects.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;

/** How long the broker itself recognises a repeated publish. Longer would cost memory; other layers take over. */
export const DUPLICATE_WINDOW_MS = 120 * SECOND_MS;
/** How long a command may be out with one instance before the next one gets it. */
export const ACK_WAIT_MS = 2 * SECOND_MS;
/** One group per consumer: `prioritized` picks whom of it to serve. */
export const PRIORITY_GROUP = 'instances';

export const streamOfLog: { readonly [L in LogName]: string } = {
  conv: 'EVT_CONV',
  user: 'EVT_USER',
  file: 'EVT_FILE',
};
export const SNAPSHOT_BUCKET = 'SNAP';
export const DEAD_LETTER_STREAM = 'DLQ';

export function commandStream(service: CommandService): string {
  return `CMD_${service}`;
}

export type DeclaredStream = Partial<StreamConfig> & { readonly name: string; readonly subjects: string[] };
export type DeclaredConsumer = Partial<ConsumerConfig> & { readonly durable_name: string };

const kept = {
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  discard: DiscardPolicy.New,
  compression: StoreCompression.S2,
  duplicate_window: nanos(DUPLICATE_WINDOW_MS),
  allow_direct: true,
  allow_atomic: true,
  deny_purge: true,
} as const;

function eventStream(log: LogName, maxBytes: number): DeclaredStream {
  return {
    ...kept,
    name: streamOfLog[log],
    subjects: [`evt.${log}.>`],
    max_bytes: maxBytes,
    // What is repeated was stored: a gateway that listened to evt.> would see refused and duplicate appends.
    republish: { src: `evt.${log}.>`, dest: `live.${log}.>` },
  };
}

function commandQueue(service: CommandService): DeclaredStream {
  return {
    name: commandStream(service),
    subjects: [`cmd.${service}.*`],
    storage: StorageType.File,
    retention: RetentionPolicy.Workqueue,
    discard: DiscardPolicy.New,
    max_age: nanos(24 * HOUR_MS),
    max_bytes: GIB,
    duplicate_window: nanos(DUPLICATE_WINDOW_MS),
  };
}

/** Every stream of the system. `migrate` applies it; each service checks it and refuses to start on a difference. */
export const streams: readonly DeclaredStream[] = [
  eventStream('conv', 16 * GIB),
  eventStream('user', 2 * GIB),
  eventStream('file', 2 * GIB),
  commandQueue('message'),
  commandQueue('conversation'),
  {
    name: DEAD_LETTER_STREAM,
    subjects: ['dlq.>'],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    max_age: nanos(30 * 24 * HOUR_MS),
    max_bytes: 256 * MIB,
    allow_direct: true,
  },
  {
    name: `KV_${SNAPSHOT_BUCKET}`,
    subjects: [`$KV.${SNAPSHOT_BUCKET}.>`],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.New,
    max_msgs_per_subject: 1,
    max_bytes: GIB,
    allow_direct: true,
    allow_rollup_hdrs: true,
    deny_delete: true,
  },
];

/** The consumer of a partition of a work queue. Whoever consumes makes it: the broker forgets it with its memory. */
export function partitionConsumer(service: CommandService, partition: number): DeclaredConsumer {
  return {
    durable_name: `p${partition}`,
    filter_subject: `cmd.${service}.${partition}`,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ACK_WAIT_MS),
    // One record of a partition is out at a time: the server keeps the order, no lease and no leader needed.
    max_ack_pending: 1,
    // An expired delivery on a work queue would strand its message, so the consume loop parks poison itself.
    max_deliver: -1,
    priority_groups: [PRIORITY_GROUP],
    priority_policy: 'prioritized',
    mem_storage: true,
  };
}

/** Every consumer that outlives the broker's memory, by stream. */
export const consumers: Readonly<Record<string, readonly DeclaredConsumer[]>> = {
  [streamOfLog.conv]: [
    {
      durable_name: 'tell-members',
      filter_subject: 'evt.conv.*.*.*.c',
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(10 * SECOND_MS),
      max_ack_pending: 1,
      max_deliver: -1,
    },
  ],
  [streamOfLog.user]: [
    {
      durable_name: 'hide-presence',
      filter_subject: 'evt.user.*.*.*.a',
      // What was chosen before is asked of identity.
      deliver_policy: DeliverPolicy.New,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(10 * SECOND_MS),
      max_ack_pending: 1,
      max_deliver: -1,
    },
  ],
};

/** Creates what is missing and brings the rest in step. Only `migrate` may: services have no right to. */
export async function applyTopology(nc: NatsConnection): Promise<void> {
  const manager = await jetstreamManager(nc);
  for (const stream of streams) {
    const exists = await manager.streams.info(stream.name).then(
      () => true,
      () => false,
    );
    if (exists) await manager.streams.update(stream.name, stream);
    else await manager.streams.add(stream);
  }
  for (const [stream, declared] of Object.entries(consumers)) {
    for (const consumer of declared) await manager.consumers.add(stream, consumer);
  }
}

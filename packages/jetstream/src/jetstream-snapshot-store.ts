import { type KV, Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Snapshot, SnapshotStore } from '@parley/event-sourcing';

import { SNAPSHOT_BUCKET } from './topology.ts';

/** Snapshots in a key-value bucket: the last one per key. */
export class JetStreamSnapshotStore implements SnapshotStore {
  readonly #bucket: KV;

  private constructor(bucket: KV) {
    this.#bucket = bucket;
  }

  static async open(nc: NatsConnection): Promise<JetStreamSnapshotStore> {
    return new JetStreamSnapshotStore(await new Kvm(nc).open(SNAPSHOT_BUCKET));
  }

  async load(key: string): Promise<Snapshot<unknown> | undefined> {
    const entry = await this.#bucket.get(key);
    return entry?.json<Snapshot<unknown>>();
  }

  async save(key: string, snapshot: Snapshot<unknown>): Promise<void> {
    await this.#bucket.put(key, JSON.stringify(snapshot));
  }
}

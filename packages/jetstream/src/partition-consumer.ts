import { type JetStreamManager, jetstreamManager, type JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

import type { CommandService } from './subjects.ts';
import { commandStream, type DeclaredConsumer, partitionConsumer } from './topology.ts';

/** How far the clocks of a cluster's servers may lie apart: one stamps a record, another the consumer. */
const CLOCK_SLACK_MS = 5_000;

/**
 * The consumer of one partition of a work queue. The queue is on disk; who has what of it is in the broker's memory
 * only, where it costs no write per record. A broker that was started anew has forgotten it, so whoever consumes
 * makes it again, and takes every older record for one that may have been out before: it is asked for its event.
 */
export class PartitionConsumer {
  readonly #nc: NatsConnection;
  readonly #stream: string;
  readonly #declared: DeclaredConsumer;
  #manager: JetStreamManager | undefined;
  #madeAt: string | undefined;
  /** What is stored before this time may be older than the consumer; undefined while that may be another one by now. */
  #oldUntilMs: number | undefined;

  constructor(nc: NatsConnection, service: CommandService, partition: number) {
    this.#nc = nc;
    this.#stream = commandStream(service);
    this.#declared = partitionConsumer(service, partition);
  }

  get name(): string {
    return this.#declared.durable_name;
  }

  /** From here on it may be another one, until {@link ensure}. */
  doubt(): void {
    this.#oldUntilMs = undefined;
  }

  /** Makes it if it is not there. @returns whether it is another one than before. */
  async ensure(): Promise<boolean> {
    this.#manager ??= await jetstreamManager(this.#nc, { checkAPI: false });
    const { created, cluster } = await this.#manager.consumers.add(this.#stream, this.#declared);
    const isOther = created !== this.#madeAt;
    this.#madeAt = created;
    this.#oldUntilMs = Date.parse(created) + (cluster === undefined ? 0 : CLOCK_SLACK_MS);
    return isOther;
  }

  /** Whether somebody may have taken a record before, and may have done what it asks for. */
  mayHaveBeenOut(message: JsMsg): boolean {
    if (message.redelivered || this.#oldUntilMs === undefined) return true;
    return message.info.timestampNanos / 1e6 < this.#oldUntilMs;
  }
}

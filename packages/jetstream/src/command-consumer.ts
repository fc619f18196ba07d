import { type ConsumerMessages, jetstream, type JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

import { answerRecord, type CommandHandling, RETRY_PAUSE_MS } from './answer-record.ts';
import { PartitionConsumer } from './partition-consumer.ts';
import { commandPartitions } from './subjects.ts';
import { ACK_WAIT_MS, commandStream, PRIORITY_GROUP } from './topology.ts';

/** A pull ends after so long: what bounds how long a frozen instance stays first in line. */
const PULL_EXPIRES_MS = 2_000;
const PULL_SIZE = 10;
/** The broker knows priorities 0 to 9. */
const PRIORITY_COUNT = 10;

export interface CommandConsumerOptions extends CommandHandling {
  /** This instance's place among its equals; decides which partitions it is first in line for. */
  readonly ordinal: number;
  readonly count: number;
}

export interface Consuming {
  /** Takes nothing more and resolves when what was taken is answered. */
  stop(): Promise<void>;
}

/**
 * Takes the commands of every partition, one record of a partition at a time. The server keeps the order and
 * gives a partition to the first in line that lives; who that is decides nothing but whose cache is warm.
 */
export async function runCommandConsumer(
  nc: NatsConnection,
  options: CommandConsumerOptions,
): Promise<Consuming> {
  const held = new Set<JsMsg>();
  // One clock for all partitions: a record that takes long is kept from being handed to somebody else.
  const extend = setInterval(() => held.forEach((message) => message.working()), ACK_WAIT_MS / 3);
  const loops = Array.from(
    { length: commandPartitions[options.service] },
    (_, partition) => new PartitionLoop(nc, options, { partition, held }),
  );
  void watchConnection(nc, loops);
  await Promise.all(loops.map((loop) => loop.start()));
  return {
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
      clearInterval(extend);
    },
  };
}

/** A broker that was away may have been started anew, and then knows nothing of its consumers. */
async function watchConnection(nc: NatsConnection, loops: readonly PartitionLoop[]): Promise<void> {
  for await (const { type } of nc.status()) {
    if (type === 'disconnect') for (const loop of loops) loop.doubt();
    if (type === 'reconnect') for (const loop of loops) loop.renew();
  }
}

/** Takes one partition's records, from the consumer that there is, until it is stopped. */
class PartitionLoop {
  readonly #nc: NatsConnection;
  readonly #options: CommandConsumerOptions;
  readonly #partition: number;
  readonly #held: Set<JsMsg>;
  readonly #consumer: PartitionConsumer;
  #messages: ConsumerMessages | undefined;
  #isStopping = false;
  #isRenewing = false;
  #done: Promise<void> = Promise.resolve();

  constructor(
    nc: NatsConnection,
    options: CommandConsumerOptions,
    { partition, held }: { readonly partition: number; readonly held: Set<JsMsg> },
  ) {
    this.#nc = nc;
    this.#options = options;
    this.#partition = partition;
    this.#held = held;
    this.#consumer = new PartitionConsumer(nc, options.service, partition);
  }
  async start(): Promise<void> {
    await this.#consumer.ensure();
    this.#messages = await this.#consume();
    this.#done = this.#run();
    // A loop that ends by itself would leave its partition to nobody, silently.
    this.#done.catch((error: unknown) =>
      this.#options.onFault(error, { partition: this.#partition, fatal: true }),
    );
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#messages?.close();
    await this.#done;
  }

  doubt(): void {
    this.#consumer.doubt();
  }

  /** Makes sure that there is a consumer, and goes over to it if it is another one. */
  renew(): void {
    if (this.#isRenewing) return;
    this.#isRenewing = true;
    void this.#ensureConsumer().finally(() => {
      this.#isRenewing = false;
    });
  }

  async #ensureConsumer(): Promise<void> {
    while (!this.#isStopping && !this.#nc.isClosed()) {
      try {
        if (await this.#consumer.ensure()) void this.#messages?.close();
        return;
      } catch {
        // The broker is not ready to answer yet: what waits for it is in the queue.
        await pause(RETRY_PAUSE_MS);
      }
    }
  }

  async #run(): Promise<void> {
    while (this.#messages) {
      for await (const message of this.#messages) await this.#answer(message);
      if (this.#isStopping) return;
      if (this.#nc.isClosed()) break;
      this.#messages = await this.#consumeAgain();
    }
    throw new Error(`the commands of partition ${this.#partition} have ended by themselves`);
  }

  async #consumeAgain(): Promise<ConsumerMessages | undefined> {
    while (!this.#isStopping && !this.#nc.isClosed()) {
      try {
        return await this.#consume();
      } catch (error) {
        this.#options.onFault(error, { partition: this.#partition });
        this.renew();
        await pause(RETRY_PAUSE_MS);
      }
    }
    return undefined;
  }

  async #consume(): Promise<ConsumerMessages> {
    const { service, ordinal, count } = this.#options;
    const consumer = await jetstream(this.#nc).consumers.get(commandStream(service), this.#consumer.name);
    const messages = await consumer.consume({
      max_messages: PULL_SIZE,
      expires: PULL_EXPIRES_MS,
      group: PRIORITY_GROUP,
      priority: (this.#partition + ordinal) % Math.min(Math.max(count, 1), PRIORITY_COUNT),
    });
    void this.#watch(messages);
    return messages;
  }

  async #watch(messages: ConsumerMessages): Promise<void> {
    for await (const { type } of messages.status()) {
      if (type !== 'consumer_not_found' && type !== 'consumer_deleted') continue;
      this.doubt();
      this.renew();
    }
  }

  async #answer(message: JsMsg): Promise<void> {
    this.#held.add(message);
    try {
      const mayHaveBeenOut = this.#consumer.mayHaveBeenOut(message);
      await answerRecord(this.#nc, this.#options, { message, mayHaveBeenOut });
    } catch (error) {
      // Not even put aside, because the broker is away: it stays in the queue and comes again.
      this.#options.onFault(error, { partition: this.#partition });
      if (!this.#nc.isClosed()) message.nak(RETRY_PAUSE_MS);
    } finally {
      this.#held.delete(message);
    }
  }
}

async function pause(durationMs: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, durationMs));
}

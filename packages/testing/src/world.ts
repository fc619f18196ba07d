import type { NatsConnection } from '@nats-io/transport-node';
import type {
  ConversationEvent,
  ConversationId,
  MessageEvent,
  RecordedEvent,
  Tenant,
} from '@parley/contracts';
import { formatPosition } from '@parley/event-sourcing';
import { connectNats, JetStreamEventStore, lastPositionOf } from '@parley/jetstream';
import { inject, test as base } from 'vitest';

import { type Delivery, unlawful } from './deliveries.ts';
import { letBrokerForget } from './duplicate-window.ts';
import { Levers } from './levers.ts';
import { nothingIsWaiting } from './nothing-is-waiting.ts';
import type { Place } from './device.ts';
import { Person } from './people.ts';
import { until } from './until.ts';
import { readTruth, wrongViews } from './read-truth.ts';
import type { RunningSystem } from './running-system.ts';

/** Longer than a gateway gathers what devices say of deliveries. */
const AT_REST_MS = 1_500;
const TENANT = 'main' as Tenant;

export type NumberedEvent = RecordedEvent<ConversationEvent | MessageEvent>;

/** The running system, and the people of one test. */
export class World implements AsyncDisposable {
  readonly system: RunningSystem;
  readonly levers: Levers;
  readonly #nats: NatsConnection;
  readonly #people: Person[] = [];
  readonly #overheard: Delivery[] = [];

  private constructor(system: RunningSystem, nats: NatsConnection) {
    this.system = system;
    this.levers = new Levers(system.leversUrl);
    this.#nats = nats;
  }

  static async open(): Promise<World> {
    const system = inject('system');
    const nats = await connectNats({ url: system.infra.natsUrls['admin'] ?? '', name: 'e2e' });
    return new World(system, nats);
  }

  /** A gateway's address: 0 and 1 are two of them. */
  gatewayUrl(index: number): string {
    return this.system.gatewayUrls[index % this.system.gatewayUrls.length] ?? '';
  }

  /** Fresh people with accounts of their own, one signed-in device each, every other one on the other gateway. */
  async people<const Names extends readonly string[]>(
    ...names: Names
  ): Promise<{ readonly [Index in keyof Names]: Person }> {
    const people = names.map((name, index) => {
      const gatewayUrls = [this.gatewayUrl(index), this.gatewayUrl(index + 1)];
      const username = `u${crypto.randomUUID().replaceAll('-', '').slice(0, 20)}`;
      return new Person({ name, username, gatewayUrls, endsOfLogs: () => this.#endsOfLogs() });
    });
    this.#people.push(...people);
    await Promise.all(people.map((person) => person.registers()));
    // A map over a tuple is a tuple, which the compiler cannot see.
    return people as unknown as { readonly [Index in keyof Names]: Person };
  }

  /** What the log says of a conversation, in order. */
  async logOf(place: Place): Promise<readonly NumberedEvent[]> {
    const store = await JetStreamEventStore.open<ConversationEvent | MessageEvent>(this.#nats, {
      log: 'conv',
      tenant: TENANT,
    });
    const id = place.conversationId as ConversationId;
    const { position: upTo } = await store.tail(id);
    const lanes = await Promise.all(['c', 'm'].map((lane) => store.readLane(id, lane, { upTo })));
    return lanes.flat().toSorted((one, other) => one.position - other.position);
  }

  /**
   * What was said to anybody up to now, and these besides, that nobody should have told them: on every socket, whoever
   * has opened it and how. What came too late for the story before is judged with this one: the logs are the same.
   */
  async unlawfulDeliveries(also: readonly Delivery[] = []): Promise<readonly string[]> {
    this.#overheard.push(...(await this.levers.overheard()));
    const deliveries = [...this.#overheard, ...also];
    return unlawful(deliveries, await readTruth(this.#nats, deliveries));
  }

  /** At the end of a story: nobody heard what is not theirs, and every device shows what the logs say. */
  async holdsToTheLogs(): Promise<void> {
    const views = this.#people.flatMap(({ devices }) => devices.flatMap((device) => device.views()));
    const wrong = [...(await this.unlawfulDeliveries()), ...(await wrongViews(this.#nats, views))];
    if (wrong.length > 0) throw new Error(`against the logs:\n${wrong.join('\n')}`);
  }

  /** The broker's window for repeated publishes passes: it would store this event a second time. */
  async brokerForgets(event: NumberedEvent): Promise<void> {
    await letBrokerForget(this.#nats, event);
  }

  /**
   * How much is stored in all, with everything that follows from what was asked before: equal before and after
   * where nothing was.
   */
  async storedCount(): Promise<{ readonly conversations: number; readonly people: number }> {
    // Devices say by themselves what has come to them.
    await Promise.all(this.#people.flatMap(({ devices }) => devices.map((device) => device.settles())));
    await nothingIsWaiting(this.#nats);
    return this.#countAtRest();
  }

  /** What people who have gone said last is stored up to a second later: counted when nothing has come for longer. */
  async #countAtRest() {
    let count = await this.#countStored();
    let sinceMs = performance.now();
    return until({
      look: async () => {
        const now = await this.#countStored();
        const isTheSame = now.conversations === count.conversations && now.people === count.people;
        if (!isTheSame) sinceMs = performance.now();
        count = now;
        return performance.now() - sinceMs > AT_REST_MS ? count : undefined;
      },
      instead: () => `something is stored all the time: ${JSON.stringify(count)}`,
    });
  }

  /** Nothing while the broker is away: nothing happens then. */
  async #endsOfLogs(): Promise<readonly string[]> {
    const logs = ['conv', 'user', 'file'] as const;
    const ends = logs.map(async (log) => formatPosition(log, await lastPositionOf(this.#nats, log)));
    return Promise.all(ends).catch(() => []);
  }

  async #countStored() {
    const [conversations, people] = await Promise.all([
      lastPositionOf(this.#nats, 'conv'),
      lastPositionOf(this.#nats, 'user'),
    ]);
    return { conversations, people };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#people.flatMap(({ devices }) => devices.map((device) => device.close())));
    await this.#nats.close();
    // A story that failed half-way would take those after it down with it.
    await this.levers.mend();
  }
}

/** A story: `test('…', async ({ world }) => { const [an, binh] = await world.people('An', 'Bình'); … })`. */
export const story = base.extend<{ world: World }>({
  world: async ({}, use) => {
    await using world = await World.open();
    await use(world);
    await world.levers.mend();
    await world.holdsToTheLogs();
  },
});

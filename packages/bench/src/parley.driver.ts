import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { newUuidV7 } from '@parley/contracts';
import { type Infra, startInfra, startSystem, type System } from '@parley/local';
import { connectPostgres } from '@parley/postgres';
import { type Kysely, sql } from 'kysely';

import type { Arrival, CrowdListener, Driver } from './driver.ts';
import { seedScenario, type SeededScenario } from './parley-seed.ts';
import type { ProcessGroup } from './process-usage.ts';
import type { Scenario } from './scenario.ts';
import { openSocketIoCrowd } from './socket-io-crowd.ts';

const READ_MODEL_MS_MAX = 30_000;
const ARCHIVE_MS_MAX = 60_000;
const POLL_MS = 100;

/**
 * The whole of Parley: one gateway and each service as a process of its own, on a fresh NATS, Postgres and Redis that
 * sync to disk as they do in earnest. The limit per address is lifted, as everybody here comes from one.
 */
export async function startParley(): Promise<ParleyDriver> {
  const infra = await startInfra({ fsync: true });
  try {
    const system = await startSystem({
      infra,
      logLevel: 'warn',
      env: {
        SOCKETS_PER_ADDRESS_MAX: '1000000',
        REQUESTS_PER_ADDRESS_MAX: '1000000',
        REQUESTS_PER_PERSON_MAX: '1000000',
      },
    });
    return new ParleyDriver(infra, system);
  } catch (error) {
    await infra.stop();
    throw error;
  }
}

export class ParleyDriver implements Driver {
  readonly name = 'Parley (all services, durable)';
  readonly versions: Readonly<Record<string, string>>;
  readonly #infra: Infra;
  readonly #system: System;
  readonly #db: Kysely<unknown>;
  /** By the number of the message. */
  readonly #clientMessageIds: string[] = [];

  constructor(infra: Infra, system: System) {
    this.#infra = infra;
    this.#system = system;
    this.#db = connectPostgres({
      url: infra.postgres.url('admin'),
      name: 'bench',
      poolSize: 1,
      statementTimeoutMs: ARCHIVE_MS_MAX,
    });
    this.versions = versionsOf(infra);
  }

  processes(): readonly ProcessGroup[] {
    const { nats, postgres, redis } = this.#infra;
    const infra = { nats, postgres, redis };
    return [
      ...this.#system.processes.map(({ name, pid }) => groupOf(name, pid)),
      ...Object.entries(infra).map(([name, { pid }]) => groupOf(name, pid)),
    ];
  }

  /** The port of the gateway. */
  get port(): number {
    return Number(new URL(this.#system.gatewayUrls[0] ?? '').port);
  }

  /** Writes the people and rooms, and waits until the read model has them. */
  async seed(scenario: Scenario): Promise<SeededScenario> {
    const seeded = await seedScenario(scenario, {
      natsUrl: (user) => this.#infra.nats.url(user),
      signingKeyFile: join(this.#infra.dataDir, 'keys', 'signing-key.json'),
    });
    await this.#membersAreKnown(scenario, seeded);
    return seeded;
  }

  async open(scenario: Scenario, listener: CrowdListener, arrival?: Arrival) {
    const seeded = await this.seed(scenario);
    arrival?.onSeeded();
    return openSocketIoCrowd(scenario, {
      port: this.port,
      namespace: '/chat',
      readyEvent: 'connected',
      authOf: (person) => ({ token: seeded.tokens[person] }),
      sendingOf: ({ message, room }, content) => {
        const clientMessageId = newUuidV7();
        this.#clientMessageIds[message] = clientMessageId;
        const conversationId = seeded.conversationIds[room];
        return ['send_message', { conversationId, clientMessageId, type: 'text', content }];
      },
      listener,
      arrival,
      onClose: (person, reason) => {
        throw new Error(`the socket of person ${person} was closed: ${reason}`);
      },
    });
  }

  async countMissing(messages: readonly number[]): Promise<number> {
    const endMs = performance.now() + ARCHIVE_MS_MAX;
    for (;;) {
      const { rows } = await sql<{ count: number }>`
        select count(*) as count from message.message where content ->> 'type' <> 'system'`.execute(this.#db);
      if ((rows[0]?.count ?? 0) >= messages.length || performance.now() > endMs) break;
      await delay(POLL_MS);
    }
    const { rows } = await sql<{ id: string }>`select client_message_id as id from message.message`.execute(
      this.#db,
    );
    const archived = new Set(rows.map(({ id }) => id));
    return messages.filter((message) => !archived.has(this.#clientMessageIds[message] ?? '')).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#db.destroy();
    await this.#system.stop();
    await this.#infra.stop();
  }

  /** The list that a connecting socket is let into comes from a read model. */
  async #membersAreKnown({ members }: Scenario, { conversationIds }: SeededScenario): Promise<void> {
    const wanted = members.flat().length;
    const endMs = performance.now() + READ_MODEL_MS_MAX;
    for (;;) {
      const { rows } = await sql<{ count: number }>`
        select count(*) as count from conversation.member where conversation_id = any(${conversationIds})
      `.execute(this.#db);
      if (rows[0]?.count === wanted) return;
      if (performance.now() > endMs) throw new Error('the read model of members did not catch up');
      await delay(POLL_MS);
    }
  }
}

export function versionsOf({ nats, postgres, redis }: Infra): Readonly<Record<string, string>> {
  return { Node: process.version, NATS: nats.version, Postgres: postgres.version, Redis: redis.version };
}

function groupOf(name: string, pid: number | undefined): ProcessGroup {
  return { name, pids: pid === undefined ? [] : [pid] };
}

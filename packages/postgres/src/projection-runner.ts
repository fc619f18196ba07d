import { setTimeout as delay } from 'node:timers/promises';

import type { NatsConnection } from '@nats-io/transport-node';
import { laneOf, type Projection } from '@parley/event-sourcing';
import { type EventFeed, openEventFeed, StreamRecreatedError } from '@parley/jetstream';
import { type Kysely, sql } from 'kysely';

import { applyBatch, passOver } from './apply-batch.ts';
import { type Checkpoint, FencedOffError, openCheckpoint, readPosition } from './checkpoint.ts';
import { connectPostgres } from './connect.ts';
import { PositionWaits } from './position-waits.ts';
import { faultText } from './postgres-faults.ts';
import type { ProjectionState, ProjectionStatus } from './projection-status.ts';

type AnyEvent = { readonly type: string; readonly data: unknown };

const BATCH_SIZE_MAX = 500;
/**
 * After a batch that was not full the next one gathers for so long, unless somebody waits for it. An idle log waits
 * for nothing, and a busy one costs this many transactions a second instead of one per message.
 */
const GATHER_MS = 50;
/**
 * Where no other instance serves the read model, everybody who waits for it waits here and ends the gathering. There
 * it lasts so many times what the batch took, up to a bound: a busy log takes about a thirtieth of the time for it.
 */
const GATHER_PER_BATCH = 30;
const GATHER_ALONE_MS_MAX = 250;
/** With nothing to apply, the runner looks this often how far the other lanes have come. */
const LOOK_MS = 250;
/** … and this often whether its connection and its checkpoint are still there. */
const HEARTBEAT_MS = 1_000;
const TAKEOVER_POLL_MS = 250;
const RETRY_PAUSE_MS_MIN = 100;
const RETRY_PAUSE_MS_MAX = 1_000;
const CLOSE_DEADLINE_MS = 1_000;

export interface ProjectionLog {
  info(context: object, message: string): void;
  warn(context: object, message: string): void;
  error(context: object, message: string): void;
}

export interface ProjectionRunnerOptions<Event extends AnyEvent, Db> {
  readonly nc: NatsConnection;
  /** The service's own pool: a wait on a standby reads the checkpoint through it. */
  readonly db: Kysely<Db>;
  /** Where the runner opens the one connection that holds the projection's lock and writes its rows. */
  readonly databaseUrl: string;
  readonly schema?: string;
  readonly instance: string;
  readonly projection: Projection<Event, Db>;
  readonly log: ProjectionLog;
  readonly batchSizeMax?: number;
  /** Whether this is the service's only instance, so that nobody waits for the read model at another one. */
  readonly isAlone?: boolean;
}

/**
 * Keeps one read model in step with its log: exactly once, by one instance at a time, for ever.
 *
 * The session that holds the projection's advisory lock is the one that writes, so losing one is losing both. A lock
 * can be lost without notice, so it only saves work: what makes it exactly once is the fence in each transaction.
 */
export class ProjectionRunner<Event extends AnyEvent, Db> {
  readonly #options: ProjectionRunnerOptions<Event, Db>;
  readonly #waits: PositionWaits;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #state: ProjectionState = 'starting';
  #error: string | undefined;
  #appliedCount = 0;
  #batchCount = 0;
  #parkedCount = 0;
  #faultCount = 0;

  constructor(options: ProjectionRunnerOptions<Event, Db>) {
    this.#options = options;
    this.#waits = new PositionWaits(() => readPosition(options.db, options.projection.name));
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    this.#state = 'stopped';
    this.#waits.lose();
  }

  status(): ProjectionStatus {
    return {
      projection: this.#options.projection.name,
      state: this.#state,
      healthy: this.#state === 'active' || this.#state === 'standby',
      position: this.#waits.position,
      appliedCount: this.#appliedCount,
      batchCount: this.#batchCount,
      parkedCount: this.#parkedCount,
      error: this.#error,
    };
  }

  /**
   * Whether the tables show everything up to a position, after waiting for it for a while.
   * @throws when the database cannot be asked.
   */
  async waitFor(position: number, deadlineMs: number): Promise<boolean> {
    return this.#waits.waitFor(position, deadlineMs);
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#compete();
      } catch (error) {
        if (this.#stop.signal.aborted) break;
        this.#noteFault(error);
        await this.#pause(retryPauseMs(this.#faultCount));
      }
    }
  }

  /** Waits for the lock and applies for as long as the connection that holds it lives. */
  async #compete(): Promise<void> {
    const { databaseUrl, schema, instance, projection } = this.#options;
    const name = `${instance} ${projection.name}`;
    const own = connectPostgres<Db>({
      url: databaseUrl,
      name,
      poolSize: 1,
      // A crash takes the last batches and the checkpoint back together; the log still has them.
      commitsWithoutDisk: true,
      onClosed: () => this.#waits.lose(),
      ...(schema === undefined ? {} : { schema }),
    });
    try {
      await own.connection().execute(async (connection) => {
        while (!(await takeLock(connection, projection.name))) {
          this.#state = 'standby';
          this.#error = undefined;
          await this.#pause(TAKEOVER_POLL_MS);
          if (this.#stop.signal.aborted) return;
        }
        while (!this.#stop.signal.aborted) await this.#lead(connection);
      });
    } finally {
      this.#waits.lose();
      // The session's end frees its lock. A server that does not answer must not hold us back.
      await Promise.race([own.destroy(), pauseMs(CLOSE_DEADLINE_MS)]);
    }
  }

  /** From the checkpoint on, until the fence says that the checkpoint was moved by somebody else. */
  async #lead(connection: Kysely<Db>): Promise<void> {
    const { nc, projection, log } = this.#options;
    const checkpoint = await openCheckpoint(connection, projection);
    const feed = await openEventFeed<Event>(nc, {
      log: projection.log,
      from: { after: checkpoint.position },
      lanes: new Set(Object.keys(projection.on).map((type) => laneOf(type).lane)),
      sizeMax: this.#options.batchSizeMax ?? BATCH_SIZE_MAX,
    });
    const stopFeed = () => void feed.stop();
    this.#stop.signal.addEventListener('abort', stopFeed, { once: true });
    try {
      refuseOtherStream(checkpoint, feed);
      this.#waits.tell(() => feed.hurry());
      this.#activate(checkpoint.position);
      await this.#follow(connection, feed, checkpoint.position);
    } catch (error) {
      if (!(error instanceof FencedOffError)) throw error;
      log.warn(
        { projection: projection.name },
        'the checkpoint was moved by somebody else; reading it again',
      );
    } finally {
      this.#stop.signal.removeEventListener('abort', stopFeed);
      await feed.stop();
    }
  }

  async #follow(connection: Kysely<Db>, feed: EventFeed<Event>, from: number): Promise<void> {
    const { projection, log } = this.#options;
    const target = {
      db: connection,
      projection,
      streamCreatedAt: feed.streamCreatedAt,
      onParked: (position: number, error: string) => {
        this.#parkedCount += 1;
        log.error({ projection: projection.name, position, error }, 'an event was parked');
      },
    };
    let position = from;
    let checkedAtMs = performance.now();
    while (!this.#stop.signal.aborted) {
      const { wanted } = this.#waits;
      const items = await feed.next(wanted > position ? 0 : LOOK_MS);
      const startedAtMs = performance.now();
      if (items.length > 0) {
        position = await applyBatch(target, position, items);
        this.#appliedCount += items.length;
        this.#batchCount += 1;
      } else {
        // The other lanes may have gone on. Whoever waits for a position that is not there at all is let go.
        const end = await feed.passedUpTo();
        this.#waits.letGo(wanted);
        if (end > position) position = await passOver(target, position, end);
        else if (performance.now() - checkedAtMs < HEARTBEAT_MS) continue;
        else await this.#checkFence(connection, position);
      }
      checkedAtMs = performance.now();
      this.#faultCount = 0;
      this.#waits.reached(position);
      if (items.length === 0 || feed.hasMore) continue;
      await this.#gather(feed, checkedAtMs - startedAtMs);
    }
  }

  async #checkFence(connection: Kysely<Db>, position: number): Promise<void> {
    const { name } = this.#options.projection;
    const found = await readPosition(connection, name);
    if (found !== position) throw new FencedOffError(`${name} is at ${found}, not ${position}`);
  }

  /** Lets events come together until somebody waits for them. */
  async #gather(feed: EventFeed<Event>, batchMs: number): Promise<void> {
    const longestMs = this.#options.isAlone === true ? GATHER_ALONE_MS_MAX : GATHER_MS;
    const gatherMs = Math.min(longestMs, Math.max(GATHER_MS, GATHER_PER_BATCH * batchMs));
    const hurried = Promise.withResolvers<void>();
    this.#waits.tell(hurried.resolve);
    if (this.#waits.wanted === 0) await Promise.race([this.#pause(gatherMs), hurried.promise]);
    this.#waits.tell(() => feed.hurry());
  }

  #activate(position: number): void {
    this.#options.log.info({ projection: this.#options.projection.name, position }, 'projecting');
    this.#state = 'active';
    this.#error = undefined;
    this.#waits.reached(position);
  }

  #noteFault(error: unknown): void {
    this.#faultCount += 1;
    this.#error = faultText(error);
    this.#state = error instanceof StreamRecreatedError ? 'refused' : 'retrying';
    const context = { projection: this.#options.projection.name, error: this.#error };
    this.#options.log.warn(context, 'the projection stands still and will try again');
  }

  async #pause(durationMs: number): Promise<void> {
    if (durationMs > 0) await pauseMs(durationMs, this.#stop.signal);
  }
}

/** The lock belongs to the session, and is named by schema and projection. */
async function takeLock<Db>(connection: Kysely<Db>, projection: string): Promise<boolean> {
  const { rows } = await sql<{ taken: boolean }>`
    select pg_try_advisory_lock(hashtextextended(current_schema() || '.' || ${projection}, 0)) as taken
  `.execute(connection);
  return rows[0]?.taken === true;
}

function refuseOtherStream(checkpoint: Checkpoint, feed: EventFeed<AnyEvent>): void {
  const { position, streamCreatedAt } = checkpoint;
  if (streamCreatedAt !== undefined && streamCreatedAt !== feed.streamCreatedAt) {
    throw new StreamRecreatedError(
      `the stream was made anew (${feed.streamCreatedAt}) after these tables were filled from one of ` +
        `${streamCreatedAt}; restore it, or rebuild the projection`,
    );
  }
  if (position > feed.lastPosition) {
    throw new StreamRecreatedError(
      `the stream ends at ${feed.lastPosition}, before the checkpoint ${position}: it was restored from an older ` +
        'copy; rebuild the projection',
    );
  }
}

function retryPauseMs(faultCount: number): number {
  const full = Math.min(RETRY_PAUSE_MS_MAX, RETRY_PAUSE_MS_MIN * 2 ** Math.min(faultCount, 10));
  return full * (0.5 + Math.random() / 2);
}

async function pauseMs(durationMs: number, signal?: AbortSignal): Promise<void> {
  await delay(durationMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}

import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

import type { PartName } from './provider-chain.ts';
import type { ProcessRecords } from './process-records.ts';
import { RecordedProcess } from './recorded-process.ts';
import type { ProcessPlan } from './recorded-process.ts';

const READY_MS_MAX = 30_000;
const READY_POLL_MS = 25;
const START_ATTEMPT_COUNT_MAX = 20;
const START_RETRY_MS = 250;
const LOG_TAIL_CHARACTERS = 1_500;

/** One dependency as it runs: what it is, where, and the handles a fault test needs. */
export interface Part {
  readonly name: PartName;
  readonly source: string;
  readonly version: string;
  /** host:port, for people. */
  readonly address: string;
  /** Undefined where somebody else runs the server. */
  readonly dataDir: string | undefined;
  /** The running process, undefined while it is down or not ours. */
  readonly pid: number | undefined;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data. */
  start(): Promise<void>;
  restart(): Promise<void>;
  /** From now on, an end that nobody here asked for is followed by a start. */
  keepAlive(say: (line: string) => void): void;
}

export interface LocalServerPlan {
  readonly name: PartName;
  readonly source: string;
  readonly version: string;
  readonly address: string;
  readonly dataDir: string;
  readonly process: ProcessPlan;
  /** Throws or answers false until the server serves. */
  isReady(): Promise<boolean>;
}

/** A server that we start from a program on this machine, and may end and start again. */
export class LocalServer implements Part {
  readonly name: PartName;
  readonly source: string;
  readonly version: string;
  readonly address: string;
  readonly dataDir: string;
  readonly #plan: LocalServerPlan;
  readonly #records: ProcessRecords;
  #process: RecordedProcess | undefined;
  #endingByUs = false;
  #say: ((line: string) => void) | undefined;

  constructor(plan: LocalServerPlan, records: ProcessRecords) {
    this.name = plan.name;
    this.source = plan.source;
    this.version = plan.version;
    this.address = plan.address;
    this.dataDir = plan.dataDir;
    this.#plan = plan;
    this.#records = records;
  }

  get pid(): number | undefined {
    return this.#process?.exit === undefined ? this.#process?.pid : undefined;
  }

  async start(): Promise<void> {
    if (this.pid !== undefined) return;
    this.#endingByUs = false;
    for (let attempt = 1; ; attempt += 1) {
      const process = await RecordedProcess.start(this.#plan.process, this.#records);
      this.#process = process;
      if (await this.#becomesReady(process)) {
        void process.exited.then(() => this.#revive(process));
        return;
      }

      await process.stop();
      // After a kill the old server's children may hold its memory or port for a moment.
      if (attempt === START_ATTEMPT_COUNT_MAX) throw new Error(await this.#complaint());
      await delay(START_RETRY_MS);
    }
  }

  async stop(): Promise<void> {
    this.#endingByUs = true;
    await this.#process?.stop();
  }

  async kill(): Promise<void> {
    this.#endingByUs = true;
    this.#process?.signal('SIGKILL');
    await this.#process?.exited;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  keepAlive(say: (line: string) => void): void {
    this.#say = say;
  }

  async #revive(ended: RecordedProcess): Promise<void> {
    const say = this.#say;
    if (say === undefined || this.#endingByUs || this.#process !== ended) return;

    say(`${this.name} ended (${ended.exit?.signal ?? `code ${ended.exit?.code}`}); starting it again.`);
    await this.start().catch((error: unknown) => say(String(error)));
  }

  async #becomesReady(process: RecordedProcess): Promise<boolean> {
    const deadline = AbortSignal.timeout(READY_MS_MAX);
    while (process.exit === undefined && !deadline.aborted) {
      if (await this.#plan.isReady().catch(() => false)) return true;
      await delay(READY_POLL_MS);
    }

    return false;
  }

  async #complaint(): Promise<string> {
    const log = await readFile(this.#plan.process.logFile, 'utf8').catch(() => '');

    return `${this.name} did not start. Its log (${this.#plan.process.logFile}) ends with:\n${log.slice(-LOG_TAIL_CHARACTERS)}`;
  }
}

/** A server that somebody else runs: it can be used, and nothing else. */
export function foreignPart(name: PartName, found: { source: string; version: string; url: string }): Part {
  const refuse = () =>
    Promise.reject(new Error(`${name} is not ours to stop or start: ${found.source} names it`));

  return {
    name,
    source: found.source,
    version: found.version,
    address: new URL(found.url).host,
    dataDir: undefined,
    pid: undefined,
    stop: () => Promise.resolve(),
    kill: refuse,
    start: refuse,
    restart: refuse,
    keepAlive: () => undefined,
  };
}

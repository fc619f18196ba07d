import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

import type { ProcessRecords } from './process-records.ts';
import { RecordedProcess } from './recorded-process.ts';

const READY_MS_MAX = 60_000;
const DRAIN_MS_MAX = 12_000;
const BACKOFF_FIRST_MS = 100;
const BACKOFF_MS_MAX = 5_000;
/** A process that lived this long was well; its next death starts the backoff from the beginning. */
const HEALTHY_MS = 10_000;
const RESTART_COUNT_MAX = 1_000;
/** One that was never ready is not brought to life by patience. */
const FIRST_START_COUNT_MAX = 5;
/** What a service says when it will never start like this: starting it again would only repeat the sentence. */
const REFUSED_EXIT_CODE = 78;
const POLL_MS = 10;
const LOG_MS_MAX = 1_000;
const LAST_WORDS_BYTES = 2_000;

/** What to run: a service or several of them in one process. */
export interface ServicePlan {
  /** The instance's name, e.g. message-1; unique under one supervisor. */
  readonly name: string;
  readonly script: string;
  readonly args?: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** How many ready lines make it ready: one per service in the process. */
  readonly readyLineCount?: number;
}

export interface ReadyLine {
  readonly service: string;
  readonly port: number;
}

export interface SupervisorOptions {
  readonly records: ProcessRecords;
  readonly logFile: (name: string) => string;
  readonly say?: (line: string) => void;
}

export class ServiceFailedError extends Error {
  override readonly name = 'ServiceFailedError';
}

/** One service process, kept alive: started again when it dies, until it is stopped or refuses to start. */
export class SupervisedService {
  readonly plan: ServicePlan;
  readonly #options: SupervisorOptions;
  readonly #readyLines: ReadyLine[] = [];
  readonly #abort = new AbortController();
  #process: RecordedProcess | undefined;
  #restartCount = 0;
  #wanted = false;
  #isReady = false;
  #wasReady = false;
  #failure: ServiceFailedError | undefined;
  #watching: Promise<void> = Promise.resolve();
  #logged: Promise<void> = Promise.resolve();

  constructor(plan: ServicePlan, options: SupervisorOptions) {
    this.plan = plan;
    this.#options = options;
  }

  get name(): string {
    return this.plan.name;
  }

  get pid(): number | undefined {
    return this.#process?.exit === undefined ? this.#process?.pid : undefined;
  }

  get restartCount(): number {
    return this.#restartCount;
  }

  /** The port that the service serves on, known once it was ready. */
  portOf(service: string): number | undefined {
    return this.#readyLines.find((line) => line.service === service)?.port;
  }

  /** Starts it and waits until it says that it is ready. */
  async start(): Promise<void> {
    if (this.#wanted) return this.ready();
    this.#wanted = true;
    await this.#spawn();
    this.#watching = this.#watch();

    return this.ready();
  }

  /** Waits until the current process, or the next one if it dies on the way, is ready. */
  async ready(): Promise<void> {
    const deadline = AbortSignal.timeout(READY_MS_MAX);
    while (!this.#isReady) {
      if (this.#failure !== undefined) throw this.#failure;
      if (!this.#wanted) throw new ServiceFailedError(`${this.name} was stopped.`);
      if (deadline.aborted) throw new ServiceFailedError(await this.#lastWords('not ready in time'));
      await delay(POLL_MS);
    }
  }

  /** `kill -9`; the supervisor starts it again. */
  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    if (signal === 'SIGKILL') this.#isReady = false;
    this.#process?.signal(signal);
  }

  /** Asks it to drain, and insists after a while. It stays down. */
  async stop(graceMs = DRAIN_MS_MAX): Promise<void> {
    this.#wanted = false;
    this.#abort.abort();
    await this.#process?.stop(graceMs);
    await this.#watching;
    // A child of its own may hold the pipe open.
    await Promise.race([this.#logged, delay(LOG_MS_MAX, undefined, { ref: false })]);
  }

  async #spawn(): Promise<void> {
    this.#isReady = false;
    this.#readyLines.length = 0;
    const { name, script, args = [] } = this.plan;
    const running = await RecordedProcess.start(
      {
        name,
        command: process.execPath,
        args: ['--disable-proto=delete', '--max-semi-space-size=32', script, ...args],
        env: this.plan.env,
        logFile: this.#options.logFile(name),
        readOutput: true,
        mark: script,
      },
      this.#options.records,
    );
    this.#process = running;
    this.#readOutput(running);
  }

  #readOutput(running: RecordedProcess): void {
    const { stdout } = running;
    if (stdout === null) return;
    const log = createWriteStream(this.#options.logFile(this.name), { flags: 'a', mode: 0o600 });
    const lines = createInterface({ input: stdout });
    lines.on('line', (line) => {
      log.write(`${line}\n`);
      const ready = readyLineOf(line);
      if (ready === undefined || running !== this.#process) return;
      this.#readyLines.push(ready);
      this.#isReady = this.#readyLines.length >= (this.plan.readyLineCount ?? 1);
      this.#wasReady ||= this.#isReady;
    });
    // Its last words arrive after its end.
    this.#logged = new Promise((resolve) => {
      lines.once('close', () => log.end(resolve));
    });
  }

  async #watch(): Promise<void> {
    let backoffMs = BACKOFF_FIRST_MS;
    while (this.#wanted && this.#process !== undefined) {
      const startedAt = performance.now();
      const exit = await this.#process.exited;
      this.#isReady = false;
      if (!this.#isWanted()) return;

      const how = exit.signal ?? `code ${exit.code}`;
      if (exit.code === REFUSED_EXIT_CODE || this.#restartCount >= this.#restartCountMax) {
        this.#failure = new ServiceFailedError(await this.#lastWords(how));
        this.#wanted = false;
        return;
      }
      this.#options.say?.(`${this.name} ended (${how}); starting it again.`);
      if (performance.now() - startedAt > HEALTHY_MS) backoffMs = BACKOFF_FIRST_MS;
      await delay(backoffMs, undefined, { signal: this.#abort.signal }).catch(() => undefined);
      backoffMs = Math.min(backoffMs * 2, BACKOFF_MS_MAX);
      if (!this.#isWanted()) return;
      this.#restartCount += 1;
      await this.#spawn();
    }
  }

  get #restartCountMax(): number {
    return this.#wasReady ? RESTART_COUNT_MAX : FIRST_START_COUNT_MAX;
  }

  // A method, so that the compiler does not take the value from before the wait.
  #isWanted(): boolean {
    return this.#wanted;
  }

  /** The end of its log: what a person needs to see when it will not start. */
  async #lastWords(how: string): Promise<string> {
    const file = this.#options.logFile(this.name);
    return `${this.name} did not start (${how}). Its log (${file}) ends with:\n${await tailOf(file)}`;
  }
}

async function tailOf(file: string): Promise<string> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return '';
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, size - LAST_WORDS_BYTES);
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(LAST_WORDS_BYTES),
      0,
      LAST_WORDS_BYTES,
      start,
    );
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await handle.close();
  }
}

function readyLineOf(line: string): ReadyLine | undefined {
  if (!line.startsWith('{"event":"ready"')) return undefined;
  // Written by service-kit; anything else that begins like this is a bug worth a crash.
  return JSON.parse(line) as ReadyLine;
}

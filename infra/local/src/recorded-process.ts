import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import type { ProcessRecords } from './process-records.ts';
import { startMarkOf } from './process-records.ts';

const STOP_GRACE_MS = 12_000;
const POLL_MS = 20;

export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

export interface ProcessPlan {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly runAs?: RunAs;
  /** Standard error goes here, and standard output unless somebody reads it. */
  readonly logFile: string;
  readonly readOutput?: boolean;
  /** A string of the command line that only this process of ours has. */
  readonly mark: string;
  readonly stopSignal?: NodeJS.Signals;
}

export interface Exit {
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
}

/**
 * A process of ours: started in a group of its own, so that Ctrl-C reaches only us and we can drain
 * in order, and written down, so that a later run can clean up after a crash of ours.
 */
export class RecordedProcess {
  readonly name: string;
  readonly pid: number;
  readonly stopSignal: NodeJS.Signals;
  readonly exited: Promise<Exit>;
  readonly stdout: ChildProcess['stdout'];
  #exit: Exit | undefined;

  private constructor(plan: ProcessPlan, child: ChildProcess, pid: number) {
    this.name = plan.name;
    this.stopSignal = plan.stopSignal ?? 'SIGTERM';
    this.pid = pid;
    this.stdout = child.stdout;
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#exit = { code: code ?? undefined, signal: signal ?? undefined };
        resolve(this.#exit);
      });
    });
  }

  static async start(plan: ProcessPlan, records: ProcessRecords): Promise<RecordedProcess> {
    const log = openSync(plan.logFile, 'a', 0o600);
    try {
      const child = spawn(plan.command, [...plan.args], {
        env: plan.env,
        detached: true,
        stdio: ['ignore', plan.readOutput === true ? 'pipe' : log, log],
        ...(plan.cwd === undefined ? {} : { cwd: plan.cwd }),
        ...plan.runAs,
      });
      const pid = await pidOf(child, plan.command);
      const started = new RecordedProcess(plan, child, pid);
      const { mark } = plan;
      records.add(plan.name, {
        pid,
        mark,
        startMark: startMarkOf(pid) ?? '',
        stopSignal: started.stopSignal,
      });
      void started.exited.then(() => records.remove(plan.name, pid));
      return started;
    } finally {
      closeSync(log);
    }
  }

  get exit(): Exit | undefined {
    return this.#exit;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#exit === undefined) process.kill(this.pid, signal);
  }

  /** Asks politely, then insists. */
  async stop(graceMs = STOP_GRACE_MS): Promise<Exit> {
    this.signal(this.stopSignal);
    const deadline = AbortSignal.timeout(graceMs);
    while (this.#exit === undefined && !deadline.aborted) await delay(POLL_MS);
    this.signal('SIGKILL');

    return this.exited;
  }
}

function pidOf(child: ChildProcess, command: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      reject(new Error(`${command} could not be started: ${error.message}`, { cause: error }));
    });
    if (child.pid !== undefined) resolve(child.pid);
  });
}

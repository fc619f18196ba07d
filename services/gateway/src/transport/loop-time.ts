import { performance } from 'node:perf_hooks';

/** The event loop's time, as the fan-out uses it; a test hands in one that it moves itself. */
export interface LoopTime {
  nowMs(): number;
  /** Once what is under way is done. */
  soon(run: () => void): void;
  after(ms: number, run: () => void): void;
  /** The share of the time since it was last asked in which the loop had something to do: 0 to 1. */
  busyShare(): number;
}

export function loopTime(): LoopTime {
  let looked = performance.eventLoopUtilization();
  return {
    nowMs: () => performance.now(),
    soon: (run) => void setImmediate(run),
    after: (ms, run) => void setTimeout(run, ms),
    busyShare() {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, looked);
      looked = now;
      return utilization;
    },
  };
}

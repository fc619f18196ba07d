import { performance } from 'node:perf_hooks';

/**
 * Watches how the machine treats this process from now on. What it returns says how much of the CPU time that the
 * process asked for it was given since: 1 is all, and 0.2 is one part in five, as beside many others.
 */
export function watchMachine(): () => number {
  const utilization = performance.eventLoopUtilization();
  const usage = process.threadCpuUsage();
  return () => {
    const askedMs = performance.eventLoopUtilization(utilization).active;
    const { user, system } = process.threadCpuUsage(usage);
    return askedMs > 0 ? Math.min(1, (user + system) / 1_000 / askedMs) : 1;
  };
}

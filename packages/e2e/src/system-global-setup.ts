import { startRunningSystem } from '@parley/testing/system';
import type { TestProject } from 'vitest/node';

const RACE_COUNT_DEFAULT = 500;

/** One system for all stories of a run; each has people and conversations of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const system = await startRunningSystem();
  project.provide('system', system.running);
  project.provide('raceCount', Number(process.env['PARLEY_RACE_COUNT'] ?? RACE_COUNT_DEFAULT));
  return () => system.stop();
}

import { startBareSocketIo } from './bare-socket-io.driver.ts';
import type { Driver } from './driver.ts';
import { startParley } from './parley.driver.ts';

type StartDriver = () => Promise<Driver>;

const drivers: Readonly<Record<string, StartDriver>> = {
  'bare-socket-io': startBareSocketIo,
  parley: startParley,
};

/** The systems that are measured beside one another, or the one of this name. */
export function chosenDrivers(only: string | undefined): readonly StartDriver[] {
  if (only === undefined) return Object.values(drivers);
  const chosen = Object.hasOwn(drivers, only) ? drivers[only] : undefined;
  if (chosen === undefined) {
    throw new Error(`there is no system ${only}; there are ${Object.keys(drivers).join(', ')}`);
  }
  return [chosen];
}

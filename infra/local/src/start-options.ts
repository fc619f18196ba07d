import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { SERVICES } from './system.ts';
import type { ServiceName } from './system.ts';

const PORT_MAX = 65_535;
const DEFAULT_DATA_DIR = '.parley';

export const HELP = `Starts Parley on this machine: NATS, Postgres, Redis, all services and a demo tenant.

  npm start -- [options]

  --multi                 a process per service (the default)
  --target=all            all services in one process
  --target=A,B            only these services, together in one process: ${SERVICES.join(', ')}
  --data DIR              where everything is kept (default: ${DEFAULT_DATA_DIR} in this folder)
  --port N                the port to open (default: 8080, or the next free one)
  --reset                 delete the data folder first
  --offline               fetch nothing from the network
  --help                  this text

Servers of your own are used where NATS_URL, DATABASE_URL or REDIS_URL name them.
`;

export interface StartOptions {
  readonly services: readonly ServiceName[];
  readonly processes: 'multi' | 'together';
  readonly dataDir: string;
  readonly port: number | undefined;
  readonly reset: boolean;
  readonly offline: boolean;
  readonly help: boolean;
}

/** A command line that cannot be meant: shown as a sentence, not as a crash. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

export function parseStartOptions(args: readonly string[], directory: string): StartOptions {
  const values = valuesOf(args);
  const target = values.target;
  if (values.multi === true && target !== undefined) {
    throw new OptionError('Name --multi or --target, not both.');
  }

  return {
    services: target === undefined || target === 'all' ? SERVICES : servicesOf(target),
    processes: target === undefined ? 'multi' : 'together',
    dataDir: resolve(directory, values.data ?? DEFAULT_DATA_DIR),
    port: values.port === undefined ? undefined : portOf(values.port),
    reset: values.reset === true,
    offline: values.offline === true,
    help: values.help === true,
  };
}

function valuesOf(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        target: { type: 'string' },
        multi: { type: 'boolean' },
        data: { type: 'string' },
        port: { type: 'string' },
        reset: { type: 'boolean' },
        offline: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return values;
  } catch (error) {
    throw new OptionError(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`, {
      cause: error,
    });
  }
}

function servicesOf(list: string): readonly ServiceName[] {
  const wanted = new Set(list.split(',').map((name) => name.trim()));
  const known = SERVICES.filter((service) => wanted.has(service));
  if (known.length !== wanted.size) {
    const unknown = [...wanted].filter((name) => !(SERVICES as readonly string[]).includes(name));
    throw new OptionError(`There is no service ${unknown.join(', ')}; there are ${SERVICES.join(', ')}.`);
  }

  return known;
}

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > PORT_MAX) {
    throw new OptionError(`--port is a number from 1 to ${PORT_MAX}, not ${text}.`);
  }

  return port;
}

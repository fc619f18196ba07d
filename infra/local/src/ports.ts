import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';

/** Ports below are for servers that were asked for by name; ours come from the range the system hands out. */
const LOOPBACK = '127.0.0.1';

export async function isFreePort(port: number): Promise<boolean> {
  return (await tryPort(port)) !== undefined;
}

export async function freePort(): Promise<number> {
  const port = await tryPort(0);
  if (port === undefined) throw new Error('the system has no free port left');

  return port;
}

/** Free ports under their names. Those of the last run are taken again where they still are free. */
export async function stablePorts<Name extends string>(
  file: string,
  names: readonly Name[],
): Promise<Readonly<Record<Name, number>>> {
  const kept = await readPorts(file);
  const entries: (readonly [Name, number])[] = [];
  for (const name of names) {
    const last = kept[name];
    const usable = last !== undefined && (await isFreePort(last));
    entries.push([name, usable ? last : await freshPort(entries.map(([, port]) => port))]);
  }
  const ports = Object.fromEntries(entries) as Record<Name, number>;
  await writeFile(file, JSON.stringify(ports), { mode: 0o600 });

  return ports;
}

async function freshPort(taken: readonly number[]): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (!taken.includes(port)) return port;
  }
}

async function readPorts(file: string): Promise<Readonly<Record<string, number>>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, number>;
  } catch {
    return {};
  }
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}

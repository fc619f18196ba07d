import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { MigrationTarget } from './migrate.ts';

const ADMIN = 'admin';
const DATABASE = 'parley';

/** There is nothing to administer where we were told to look; the message says where else to point. */
export class NoAdminConnectionError extends Error {
  override readonly name = 'NoAdminConnectionError';
}

/**
 * How an operator reaches the system: by `NATS_URL` and `DATABASE_URL` of its administrators, else by what
 * `npm start` left in its data folder.
 */
export async function adminConnection(
  environment: Readonly<Record<string, string | undefined>>,
  dataDir: string,
): Promise<MigrationTarget> {
  const { NATS_URL: natsUrl, DATABASE_URL: databaseUrl } = environment;
  if (natsUrl && databaseUrl) return { natsUrl, databaseUrl };
  const kept = await keptIn(dataDir);
  return { natsUrl: natsUrl || kept.natsUrl, databaseUrl: databaseUrl || kept.databaseUrl };
}

async function keptIn(dataDir: string): Promise<MigrationTarget> {
  try {
    const ports = await readJson<number>(join(dataDir, 'ports.json'));
    const secrets = await readJson<string>(join(dataDir, 'secrets.json'));
    return {
      natsUrl: `nats://${ADMIN}:${secrets[`nats.${ADMIN}`]}@127.0.0.1:${ports['nats']}`,
      databaseUrl: `postgres://${ADMIN}:${secrets[`postgres.${ADMIN}`]}@127.0.0.1:${ports['postgres']}/${DATABASE}`,
    };
  } catch (error) {
    throw new NoAdminConnectionError(
      `There is no running system in ${dataDir}. Name its folder with --data, or set NATS_URL and DATABASE_URL.`,
      { cause: error },
    );
  }
}

async function readJson<Value>(file: string): Promise<Readonly<Record<string, Value>>> {
  return JSON.parse(await readFile(file, 'utf8')) as Readonly<Record<string, Value>>;
}

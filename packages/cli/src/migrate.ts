import { access } from 'node:fs/promises';

import { applyTopology, connectNats } from '@parley/jetstream';
import { type Migrations, migrateSchema } from '@parley/postgres';

/** Services with a schema. Each migrates by its own files, found by their place: no package imports a service. */
const SERVICES = ['identity', 'conversation', 'file', 'message'] as const;

export interface MigrationTarget {
  /** As a NATS user that may manage streams. */
  readonly natsUrl: string;
  /** As the role that owns the schemas. */
  readonly databaseUrl: string;
}

/** Streams, consumers and tables as this version declares them. Harmless to repeat; answers what was new. */
export async function migrate(target: MigrationTarget): Promise<readonly string[]> {
  const nc = await connectNats({ url: target.natsUrl, name: 'migrate' });
  try {
    await applyTopology(nc);
  } finally {
    await nc.close();
  }
  return migrateDatabase(target);
}

/** The services' tables alone. */
export async function migrateDatabase(
  target: Pick<MigrationTarget, 'databaseUrl'>,
): Promise<readonly string[]> {
  const applied: string[] = [];
  for (const [service, migrations] of await serviceMigrations()) {
    const names = await migrateSchema({
      adminUrl: target.databaseUrl,
      schema: service,
      role: service,
      migrations,
    });
    applied.push(...names.map((name) => `${service} ${name}`));
  }
  return applied;
}

/** The services' schemas: those that exist in this checkout. */
export async function serviceSchemas(): Promise<readonly string[]> {
  return [...(await serviceMigrations()).keys()];
}

async function serviceMigrations(): Promise<ReadonlyMap<string, Migrations>> {
  const entries: [string, Migrations][] = [];
  for (const service of SERVICES) {
    const file = new URL(`../../../services/${service}/src/storage/migrations/index.ts`, import.meta.url);
    const exists = await access(file).then(
      () => true,
      () => false,
    );
    if (!exists) continue;
    const { migrations } = (await import(file.href)) as { readonly migrations: Migrations };
    entries.push([service, migrations]);
  }
  return new Map(entries);
}

import { setTimeout as delay } from 'node:timers/promises';

import type { LogName } from '@parley/event-sourcing';
import { connectNats, lastPositionOf } from '@parley/jetstream';
import {
  connectPostgres,
  hashProjection,
  listParkedEvents,
  listProjections,
  type ProjectionRecord,
  resetProjection,
} from '@parley/postgres';
import { Command } from 'commander';
import type { Kysely } from 'kysely';

import { migrateDatabase, type MigrationTarget, serviceSchemas } from '../migrate.ts';
import type { Reach } from './admin.ts';
import { withData } from './data-option.ts';

const STATEMENT_TIMEOUT_MS = 600_000;
const PROGRESS_POLL_MS = 250;
/** A rebuild that does not move for this long has no runner: no service of it is up. */
const STANDSTILL_MS_MAX = 20_000;
const PARKED_LIST_SIZE_MAX = 100;

interface Options {
  readonly data: string;
  readonly json?: true;
  readonly each?: true;
  readonly wait: boolean;
}

interface Model extends ProjectionRecord {
  readonly schema: string;
}

/** `parley projector`: how far the read models are, and making one anew from its log. */
export function projectorCommand(reach: Reach): Command {
  const status = withData(new Command('status'))
    .description('every read model, its position, and what it could not take')
    .option('--json', 'one JSON object a line')
    .action(async ({ data, json }: Options) => showStatus(await reach(data), json === true));
  const rebuild = withData(new Command('rebuild'))
    .description('empty a read model in place and fill it from its log again, while its service runs')
    .argument('<model>', 'as in status, e.g. message/timeline')
    .option('--no-wait', 'do not wait until it has caught up')
    .action(async (model: string, { data, wait }: Options) => rebuildModel(await reach(data), model, wait));
  const hash = withData(new Command('hash'))
    .description('a hash of what a read model holds, to compare before and after')
    .argument('<model>', 'as in status')
    .option('--each', 'by conversation or person as well')
    .option('--json', 'as JSON')
    .action(async (model: string, options: Options) => showHash(await reach(options.data), model, options));
  const parked = withData(new Command('parked'))
    .description('the events that a read model could not take')
    .argument('<model>', 'as in status')
    .action(async (model: string, { data }: Options) => showParked(await reach(data), model));

  return new Command('projector')
    .description('the read models')
    .addCommand(status)
    .addCommand(rebuild)
    .addCommand(hash)
    .addCommand(parked);
}

async function showStatus(target: MigrationTarget, json: boolean): Promise<void> {
  const models = await allModels(target);
  for (const model of models) {
    const last = await headOf(target, model.log as LogName);
    const behind = Math.max(0, last - model.position);
    const { schema, name, position, parkedCount } = model;
    const row = { model: `${schema}/${name}`, position, behind, parked: parkedCount };
    const line = `${row.model.padEnd(36)} at ${position}, ${behind} behind, ${parkedCount} parked`;
    process.stdout.write(`${json ? JSON.stringify(row) : line}\n`);
  }
  if (models.length === 0 && !json) process.stdout.write('No read model has begun yet.\n');
}

/** Empties and waits. A schema that was dropped is made again first; its running service then begins by itself. */
async function rebuildModel(target: MigrationTarget, name: string, wait: boolean): Promise<void> {
  const migrated = await migrateDatabase(target);
  const startedAtMs = Date.now();
  const model = await modelNamed(target, name, { mayAppear: migrated.length > 0 });
  await inSchema(target, model.schema, (db) => resetProjection(db, model.name));
  process.stdout.write(`${model.schema}/${model.name} is empty and begins again.\n`);
  if (!wait) return;

  const end = await headOf(target, model.log as LogName);
  await inSchema(target, model.schema, (db) => caughtUp(db, model.name, end));
  const seconds = Math.max(0.001, (Date.now() - startedAtMs) / 1_000);
  const rate = Math.round(end / seconds);
  process.stdout.write(`It is at ${end} after ${seconds.toFixed(1)} s (${rate} events/s).\n`);
}

async function caughtUp(db: Kysely<unknown>, name: string, end: number): Promise<void> {
  let [position, movedAtMs] = [-1, Date.now()];
  for (;;) {
    const found = (await listProjections(db)).find((model) => model.name === name)?.position ?? 0;
    if (found >= end) return;
    if (found !== position) [position, movedAtMs] = [found, Date.now()];
    if (Date.now() - movedAtMs > STANDSTILL_MS_MAX) {
      throw new Error(
        `It stands at ${found} of ${end}: is its service running? It goes on when the service does.`,
      );
    }
    await delay(PROGRESS_POLL_MS);
  }
}

async function showHash(target: MigrationTarget, name: string, options: Options): Promise<void> {
  const model = await modelNamed(target, name);
  const { position, total, hashes } = await inSchema(target, model.schema, (db) => hashProjection(db, model));
  const each = options.each ? Object.fromEntries(hashes) : undefined;
  if (options.json) {
    process.stdout.write(
      `${JSON.stringify({ model: `${model.schema}/${model.name}`, position, total, each })}\n`,
    );
    return;
  }
  process.stdout.write(`${total}  at ${position}\n`);
  for (const [key, hash] of Object.entries(each ?? {})) process.stdout.write(`${hash}  ${key}\n`);
}

async function showParked(target: MigrationTarget, name: string): Promise<void> {
  const model = await modelNamed(target, name);
  const list = (db: Kysely<unknown>) => listParkedEvents(db, model.name, PARKED_LIST_SIZE_MAX);
  const events = await inSchema(target, model.schema, list);
  for (const { position, parkedAt, eventType, aggregateId, error } of events) {
    process.stdout.write(`${position}  ${parkedAt}  ${eventType}  ${aggregateId}  ${error}\n`);
  }
  if (events.length === 0) process.stdout.write('It has taken everything.\n');
}

async function allModels(target: MigrationTarget): Promise<readonly Model[]> {
  const models: Model[] = [];
  for (const schema of await serviceSchemas()) {
    const found = await inSchema(target, schema, listProjections);
    models.push(...found.map((model) => ({ ...model, schema })));
  }
  return models;
}

async function modelNamed(
  target: MigrationTarget,
  name: string,
  { mayAppear = false }: { readonly mayAppear?: boolean } = {},
): Promise<Model> {
  const endMs = Date.now() + (mayAppear ? STANDSTILL_MS_MAX : 0);
  for (;;) {
    const models = await allModels(target);
    const matching = models.filter((model) => [model.name, `${model.schema}/${model.name}`].includes(name));
    if (matching[0] !== undefined && matching.length === 1) return matching[0];
    if (Date.now() >= endMs) {
      const known = models.map((model) => `${model.schema}/${model.name}`).join(', ') || 'none yet';
      throw new Error(`There is no one read model "${name}". Known: ${known}.`);
    }
    await delay(PROGRESS_POLL_MS);
  }
}

async function inSchema<Answer>(
  target: MigrationTarget,
  schema: string,
  ask: (db: Kysely<unknown>) => Promise<Answer>,
): Promise<Answer> {
  const db = connectPostgres<unknown>({
    url: target.databaseUrl,
    name: 'parley projector',
    schema,
    poolSize: 1,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  });
  try {
    return await ask(db);
  } finally {
    await db.destroy();
  }
}

async function headOf(target: MigrationTarget, log: LogName): Promise<number> {
  const nc = await connectNats({ url: target.natsUrl, name: 'parley projector' });
  try {
    return await lastPositionOf(nc, log);
  } finally {
    await nc.close();
  }
}

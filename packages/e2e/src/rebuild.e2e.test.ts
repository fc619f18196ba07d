import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { wordsOf } from '@parley/contracts';
import { connectPostgres } from '@parley/postgres';
import { type Person, type Place, story as test, until, type World } from '@parley/testing';
import { sql } from 'kysely';
import { describe, expect } from 'vitest';

const CLI = join(import.meta.dirname, '..', '..', 'cli', 'src', 'main.ts');
const MODELS = ['message/timeline', 'message/receipts', 'message/search-index'];
const MESSAGE_COUNT = 20;
const run = promisify(execFile);

interface Hashes {
  readonly position: number;
  readonly each: Readonly<Record<string, string>>;
}

/** The command line of an operator. */
async function parley(world: World, ...args: readonly string[]): Promise<string> {
  const { natsUrls, postgresUrls } = world.system.infra;
  const { stdout } = await run(process.execPath, [CLI, ...args], {
    env: { NATS_URL: natsUrls['admin'], DATABASE_URL: postgresUrls['admin'] },
  });
  return stdout;
}

async function hashes(world: World, model: string): Promise<Hashes> {
  return JSON.parse(await parley(world, 'projector', 'hash', model, '--each', '--json')) as Hashes;
}

/** Once the model has come as far as the log: then it says the same as any other that has. */
async function settledHashes(world: World, model: string): Promise<Hashes> {
  const { conversations } = await world.storedCount();
  let last = 0;
  return until({
    look: async () => {
      const found = await hashes(world, model);
      last = found.position;
      return found.position >= conversations ? found : undefined;
    },
    instead: () => `${model} is at ${last} of ${conversations}`,
    waitMs: 30_000,
  });
}

/** Keeps talking until it is told to stop; answers with all that was said. */
async function talkOn(person: Person, place: Place, signal: AbortSignal): Promise<readonly string[]> {
  const said: string[] = [];
  while (!signal.aborted) {
    const text = `${place.name} ${said.length}`;
    await person.says(text, { in: place });
    said.push(text);
  }
  return said;
}

describe('the tables are made anew from the log', () => {
  test('with the same content, while people go on talking', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const quiet = await an.startsGroup('Hà Nội', { with: [binh] });
    for (let count = 0; count < MESSAGE_COUNT; count += 1) await an.says(`lời ${count}`, { in: quiet });
    const { position } = await binh.api.call('markRead', {
      body: { conversationId: quiet.conversationId, upToSeq: MESSAGE_COUNT },
    });
    expect(position).toBeDefined();
    const before = await Promise.all(MODELS.map((model) => settledHashes(world, model)));

    const busy = await an.startsGroup('Huế', { with: [binh] });
    const enough = new AbortController();
    const talking = talkOn(an, busy, enough.signal);
    await dropMessageSchema(world);
    for (const model of MODELS) await parley(world, 'projector', 'rebuild', model);
    enough.abort();
    const said = await talking;

    const after = await Promise.all(MODELS.map((model) => settledHashes(world, model)));
    for (const [index, { each }] of before.entries()) {
      expect(Object.keys(each).length).toBeGreaterThan(0);
      expect(after[index]?.each).toMatchObject(each);
    }
    const history = await binh.history(busy);
    expect(history.map(({ content }) => wordsOf(content))).toEqual(said.slice(-50));
    await expect(binh).toSee(said, { in: busy });
  });
});

async function dropMessageSchema(world: World): Promise<void> {
  const url = world.system.infra.postgresUrls['admin'] ?? '';
  const db = connectPostgres<unknown>({ url, name: 'e2e', poolSize: 1 });
  try {
    await sql`drop schema message cascade`.execute(db);
  } finally {
    await db.destroy();
  }
}

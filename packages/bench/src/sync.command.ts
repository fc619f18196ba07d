import { join } from 'node:path';

import { Chat } from '@parley/client';
import { type DeviceId, newId, type SessionId, timestampOf } from '@parley/contracts';
import { startInfra, startSystem } from '@parley/local';
import { connectPostgres } from '@parley/postgres';
import { type Kysely, sql } from 'kysely';

import { caughtUp } from './caught-up.ts';
import { describeMachine } from './machine.ts';
import { signTokens } from './parley-seed.ts';
import { versionsOf } from './parley.driver.ts';
import { table } from './performance-page.ts';
import { SyncTown } from './sync-town.ts';

/** So many conversations for the same number of events: little in each of many, more in fewer, and too much in few. */
const CONVERSATION_COUNTS = [500, 100, 20];
const CONVERGE_MS_MAX = 120_000;
const LOOK_EVERY_MS = 5;
const TOKEN_LIFE_MS = 9 * 60_000;

export interface SyncOptions {
  readonly eventCount: number;
  readonly say: (line: string) => void;
}

/** Lets a device miss so many events, and times how long it takes to show what the log says. */
export async function benchSync({ eventCount, say }: SyncOptions): Promise<string> {
  await using infra = await startInfra({ fsync: false, natsFsync: false });
  await using system = await startSystem({
    infra,
    logLevel: 'warn',
    env: { DURABILITY: 'relaxed', REQUESTS_PER_PERSON_MAX: '1000000', REQUESTS_PER_ADDRESS_MAX: '1000000' },
  });
  const [url = ''] = system.gatewayUrls;
  const db = connectPostgres<unknown>({
    url: infra.postgres.url('admin'),
    name: 'bench',
    poolSize: 1,
    statementTimeoutMs: 0,
  });
  const rows: string[][] = [];
  try {
    for (const conversationCount of CONVERSATION_COUNTS) {
      const town = new SyncTown(infra, conversationCount);
      await town.open();
      await caughtUp(infra, db);
      const keyFile = join(infra.dataDir, 'keys', 'signing-key.json');
      const device = new AwayDevice(url, town, keyFile);
      await device.comes();
      device.goes();
      await town.goOn(eventCount);
      await caughtUp(infra, db);
      await asAutovacuumLeavesThem(db);
      const startedMs = performance.now();
      await device.comes();
      const seconds = (performance.now() - startedMs) / 1_000;
      rows.push([
        `${conversationCount}`,
        `${eventCount}`,
        `**${seconds.toFixed(2)}**`,
        `${Math.round(eventCount / seconds)}`,
        `${device.pageCount}`,
        `${device.messageCount}`,
      ]);
      say(`${conversationCount} conversations: ${seconds.toFixed(2)} s, ${device.pageCount} pages`);
      device.goes();
    }
  } finally {
    await db.destroy();
  }
  return [
    '## Coming back after a long time',
    `${new Date().toISOString().slice(0, 10)} · \`pnpm bench sync\` · ${describeMachine(versionsOf(infra))}`,
    'A device of the SDK was told everything, went away, and comes back as a new process with its token: timed from its ' +
      'start until it has every conversation up to the number that the log has. Every tenth event is an edit, every tenth a ' +
      'reaction. With very much in one conversation it is given the newest messages of it instead of all.',
    table(['Conversations', 'events missed', 'seconds', 'events/s', 'pages', 'messages taken in'], rows),
  ].join('\n\n');
}

async function asAutovacuumLeavesThem(db: Kysely<unknown>): Promise<void> {
  await sql`vacuum analyze`.execute(db);
}

/** One device over several processes: what lasts of it is its token. */
class AwayDevice {
  pageCount = 0;
  messageCount = 0;
  readonly #url: string;
  readonly #town: SyncTown;
  readonly #keyFile: string;
  #token: string | undefined;
  #chat: Chat | undefined;

  constructor(url: string, town: SyncTown, keyFile: string) {
    this.#url = url;
    this.#town = town;
    this.#keyFile = keyFile;
  }

  /** Until it shows everything. */
  async comes(): Promise<void> {
    const userId = this.#town.reader;
    const [accessToken = ''] = await signTokens([userId], this.#keyFile);
    this.pageCount = 0;
    this.messageCount = 0;
    const chat = new Chat({
      url: this.#url,
      transports: ['websocket'],
      syncTokenStorage: {
        load: async () => this.#token,
        save: async (token) => {
          this.#token = token;
          this.pageCount += 1;
        },
      },
    });
    this.#chat = chat;
    chat.on('message', () => {
      this.messageCount += 1;
    });
    const accessTokenExpiresAt = timestampOf(Date.now() + TOKEN_LIFE_MS);
    const ids = { userId, deviceId: newId<DeviceId>('dev'), sessionId: newId<SessionId>('ses') };
    // It gives up waiting after a while, and goes on loading all the same.
    const tokens = { ...ids, accessToken, accessTokenExpiresAt, refreshToken: 'none' };
    await chat.resume(tokens).catch(() => undefined);
    const endMs = performance.now() + CONVERGE_MS_MAX;
    while (!this.#hasAll(chat)) {
      if (performance.now() > endMs) throw new Error('the device does not show everything');
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  goes(): void {
    this.#chat?.close();
  }

  #hasAll(chat: Chat): boolean {
    for (const [conversationId, seq] of this.#town.heads) {
      if ((chat.conversation(conversationId)?.state.view.cursor ?? 0) < seq) return false;
    }
    return true;
  }
}

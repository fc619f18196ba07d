import { setTimeout as delay } from 'node:timers/promises';

import { Api, Connection, fixedToken } from '@parley/client';
import { newUuidV7 } from '@parley/contracts';

import { insist } from '../crowd.ts';
import { Device } from '../device.ts';
import { atLeast, judge, none } from './bars.ts';
import type { Campaign, Field } from './campaign.ts';
import { acceptedAfterTheBar, type Ended, heardAfterTheBar } from './checks.ts';

/** How long after the answer an ended session may be given something: where all is well, and where it is not. */
const BAR_MS = 1_000;
const BAR_MS_WORST = 5_000;
/** How long the ended session goes on trying after the bar. */
const AFTER_MS = 700;
const CALL_EVERY_MS = 150;
const SAID_EVERY_MS = 25;
const FROZEN_MS = 3_000;
const SESSIONS_AT_ONCE = 12;
const PASSWORD = 'correct horse battery';
const sizes = { small: { perFault: 12 }, full: { perFault: 334 } };

const barsOf = (perFault: number) => ({
  heard: none('events said to an ended session after the bar'),
  accepted: none('calls of an ended session accepted after the bar'),
  ended: atLeast(3 * perFault, 'sessions ended, on two gateways'),
  alive: atLeast(3 * perFault, 'of these that heard live events and were let in before'),
  asked: atLeast(3 * perFault, 'calls tried after the bar'),
});

/** What is broken while sessions are ended; what it returns mends it. */
type Fault = (field: Field) => Promise<() => Promise<void>>;

const faults: Readonly<Record<string, { readonly barMs: number; readonly strike: Fault }>> = {
  nothing: { barMs: BAR_MS, strike: async () => async () => undefined },
  'Redis is down': {
    barMs: BAR_MS_WORST,
    strike: async ({ infra }) => {
      await infra.redis.stop();
      return () => infra.redis.start();
    },
  },
  'a gateway is frozen': {
    barMs: BAR_MS_WORST,
    strike: async ({ system }) => {
      const gateway = system.process('gateway-2');
      gateway.kill('SIGSTOP');
      return async () => {
        await delay(FROZEN_MS);
        gateway.kill('SIGCONT');
      };
    },
  },
};

/** Sessions end while messages are said; what is said to them, and done for them, from the bar on is counted. */
export const revokedSessions: Campaign = {
  promise: 'P8: a revoked session is closed, whatever else is broken',
  msMax: { small: 240_000, full: 1_200_000 },

  async run(field) {
    const { perFault } = sizes[field.isSmall ? 'small' : 'full'];
    const owner = await insist(() =>
      Device.register(
        { url: field.gatewayUrls[0] },
        { username: `p8x${field.isSmall ? 's' : 'f'}`, password: PASSWORD, displayName: 'An' },
      ),
    );
    try {
      const { conversationId } = await owner.chat.startGroup({ name: 'Nhà', memberIds: [] });
      const enough = new AbortController();
      const saying = sayAllTheTime(owner, conversationId, enough.signal);
      const ended: Trial[] = [];
      for (const [name, fault] of Object.entries(faults)) {
        for (let done = 0; done < perFault; done += SESSIONS_AT_ONCE) {
          const count = Math.min(SESSIONS_AT_ONCE, perFault - done);
          ended.push(...(await endSome(field, { owner, count, name, ...fault })));
        }
      }
      enough.abort();
      await saying;
      return judge(barsOf(perFault), {
        heard: heardAfterTheBar(ended),
        accepted: acceptedAfterTheBar(ended),
        ended: ended.length,
        alive: ended.filter(({ wasAlive }) => wasAlive).length,
        asked: ended.flatMap(({ calls, barAtMs }) => calls.filter(({ askedAtMs }) => askedAtMs > barAtMs))
          .length,
      });
    } finally {
      owner.chat.close();
    }
  },
};

interface Trial extends Ended {
  readonly wasAlive: boolean;
}

/** Signs some sessions in, breaks something, ends them, mends it, and watches them until after the bar. */
async function endSome(
  field: Field,
  asked: {
    readonly owner: Device;
    readonly count: number;
    readonly name: string;
    readonly barMs: number;
    readonly strike: Fault;
  },
): Promise<readonly Trial[]> {
  const { owner, count, name, barMs, strike } = asked;
  const sessions = await Promise.all(
    Array.from({ length: count }, (_, index) => Session.open(field, owner, `${name}, session ${index}`)),
  );
  await Promise.all(sessions.map((session) => session.isAlive()));
  const mend = await strike(field);
  const trying = new AbortController();
  const watching = sessions.map((session) => session.triesAllTheTime(trying.signal));
  await Promise.all(
    sessions.map(({ deviceId }) =>
      insist(() => owner.chat.api.call('endDevice', { params: { id: deviceId } }).catch(unlessGone)),
    ),
  );
  await mend();
  // With a gateway that was frozen the promise counts from when it runs again.
  const barAtMs = performance.now() + barMs;
  await delay(barMs + AFTER_MS);
  trying.abort();
  await Promise.all(watching);
  return sessions.map((session) => session.ended(barAtMs));
}

/** The second try of an ending whose answer was lost finds nothing to end. */
function unlessGone(error: unknown): void {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'NOT_FOUND') throw error;
}

/** One session of the owner on a device of its own: a socket that listens, and a token with which it calls. */
class Session {
  readonly deviceId: string;
  readonly #name: string;
  readonly #apis: readonly Api[];
  readonly #connection: Connection;
  readonly #heardAtMs: number[] = [];
  readonly #calls: { readonly askedAtMs: number; readonly isAccepted: boolean }[] = [];

  private constructor(
    name: string,
    of: { readonly deviceId: string; readonly apis: readonly Api[]; readonly connection: Connection },
  ) {
    this.#name = name;
    this.deviceId = of.deviceId;
    this.#apis = of.apis;
    this.#connection = of.connection;
    this.#connection.on('new_message', () => this.#heardAtMs.push(performance.now()));
  }

  static async open({ gatewayUrls, random, isSmall }: Field, _owner: Device, name: string): Promise<Session> {
    const body = { username: `p8x${isSmall ? 's' : 'f'}`, password: PASSWORD };
    const signedIn = await insist(() => new Api({ url: gatewayUrls[0] }).call('signIn', { body }));
    const tokens = fixedToken(signedIn.accessToken);
    const apis = gatewayUrls.map((url) => new Api({ url, tokens }));
    const url = gatewayUrls[random() < 0.5 ? 0 : 1];
    const connection = new Connection({ url, tokens, transports: ['websocket'] });
    const session = new Session(name, { deviceId: signedIn.deviceId, apis, connection });
    connection.start();
    await connection.untilConnected();
    return session;
  }

  /** Until it has heard something, and both gateways have let it in. */
  async isAlive(): Promise<void> {
    await insist(async () => {
      if (this.#heardAtMs.length === 0) throw new Error(`${this.#name} hears nothing`);
    });
    await Promise.all(this.#apis.map((api) => insist(() => api.call('listDevices'))));
  }

  async triesAllTheTime(enough: AbortSignal): Promise<void> {
    while (!enough.aborted) {
      await Promise.all(this.#apis.map((api) => this.#tries(api)));
      await delay(CALL_EVERY_MS);
    }
  }

  ended(barAtMs: number): Trial {
    this.#connection.close();
    return {
      session: this.#name,
      barAtMs,
      heardAtMs: this.#heardAtMs,
      calls: this.#calls,
      wasAlive: this.#heardAtMs.some((atMs) => atMs < barAtMs),
    };
  }

  async #tries(api: Api): Promise<void> {
    const askedAtMs = performance.now();
    const isAccepted = await api.call('listDevices', { waitMs: BAR_MS_WORST }).then(
      () => true,
      () => false,
    );
    this.#calls.push({ askedAtMs, isAccepted });
  }
}

async function sayAllTheTime(owner: Device, conversationId: string, enough: AbortSignal): Promise<void> {
  while (!enough.aborted) {
    const body = { conversationId, clientMessageId: newUuidV7(), content: 'vẫn nói' };
    // By REST on the gateway that is never frozen; one that is refused is followed by the next.
    await owner.chat.api.call('sendText', { body }).catch(() => undefined);
    await delay(SAID_EVERY_MS);
  }
}

import { strictEqual } from 'node:assert/strict';

import * as fc from 'fast-check';
import { afterAll, beforeAll, test, vi } from 'vitest';

import { ACK_WAIT_MS, CONNECT_WAIT_MS } from '../src/connection.ts';
import { Connected, ConnectionModel, type Provider } from './connection-model.ts';
import { pass, settle, simulateTime } from './simulated-time.ts';
import { MODEL_WAIT_MS, RUN_COUNT, Step, STEP_COUNT_MAX } from './step.ts';

type ConnectionStep = Step<ConnectionModel, Connected>;

beforeAll(simulateTime);
afterAll(() => vi.useRealTimers());

function step(
  name: string,
  run: (model: ConnectionModel, real: Connected) => void | Promise<void>,
): ConnectionStep {
  return new Step(name, async (model, real) => {
    await run(model, real);
    await settle();
    model.holds(real);
  });
}

const refusal = (code: string, more: object = {}) => ({ code, message: code, definite: true, ...more });

const owner = [
  step('start', (model, real) => {
    model.happens('start', real.provider);
    real.connection.start();
  }),
  step('retry now', (model, real) => {
    model.happens('retry now', real.provider);
    real.connection.retryNow();
  }),
  step('request', (_, real) => real.requests()),
];

const closes = step('close', (model, real) => {
  model.happens('close', real.provider);
  real.connection.close();
});

/** As long as it takes until something has to come of it, to the millisecond. */
const waits = step('wait', async (model, real) => {
  if (model.state === 'waiting') {
    await pass(model.pauseMs - 1);
    strictEqual(real.connection.state, 'waiting');
    model.happens('pause over', real.provider);
    await pass(1);
  } else if (model.state === 'connecting') {
    model.happens('silent', real.provider);
    await pass(CONNECT_WAIT_MS);
  } else if (model.state === 'connected') {
    await pass(ACK_WAIT_MS);
  }
});

const welcomed = step('welcomed', (model, real) => {
  model.happens('welcomed', real.provider);
  real.wires.current?.says('connected', {});
});

const refused = fc.nat(3_000).map((retryAfterMs) =>
  step(`refused for ${retryAfterMs} ms`, (model, real) => {
    if (model.state === 'connecting') model.restMs = Math.max(model.restMs, retryAfterMs);
    model.happens('refused', real.provider);
    real.wires.current?.options.onRefused(refusal('RATE_LIMITED', { retryAfterMs }));
  }),
);

const gateway = [
  step('nobody answers', (model, real) => {
    model.happens('refused', real.provider);
    real.wires.current?.options.onRefused(undefined);
  }),
  step('the token is refused', (model, real) => {
    if (model.state === 'connecting') model.tokenRefused(real.provider);
    real.wires.current?.options.onRefused(refusal('TOKEN_EXPIRED'));
  }),
  step('lost', (model, real) => {
    model.happens('lost', real.provider);
    real.wires.current?.options.onLost();
  }),
  step('answers what was asked', (_, real) => {
    for (const question of real.wires.current?.questions ?? []) question.answer({ ok: true, data: {} });
  }),
  step('the token is about to end', async (model, real) => {
    if (model.state !== 'connected') return;
    const before = real.lastToken;
    real.wires.current?.says('token_expiring', {});
    await settle();
    if (real.provider !== 'good') return;
    const handed = [...(real.wires.current?.questions ?? [])].map(({ payload }) => payload);
    // A second word on the same token asks for no second one.
    strictEqual(real.lastToken - before <= 1, true);
    strictEqual(JSON.stringify(handed).includes(`"t${real.lastToken}"`), true);
  }),
];

const drains = fc.nat(5_000).map((retryAfterMs) =>
  step(`drains for ${retryAfterMs} ms`, (model, real) => {
    if (model.state === 'connecting' || model.state === 'connected') {
      model.restMs = Math.floor(model.random * retryAfterMs);
    }
    real.wires.current?.says('server_draining', { retryAfterMs });
  }),
);

const ends = fc.constantFrom('SESSION_REVOKED', 'UNSUPPORTED_VERSION').map((code) =>
  step(code, (model, real) => {
    if (model.state === 'connecting') {
      model.happens('no right', real.provider);
      real.wires.current?.options.onRefused(refusal(code));
    } else if (model.state === 'connected') {
      model.happens('no right', real.provider);
      real.wires.current?.says('session_revoked', { reason: 'revoked' });
    }
  }),
);

const provides = fc
  .constantFrom<Provider>('good', 'good', 'away', 'ended')
  .map((provider) => step(`tokens are ${provider}`, (_, real) => void (real.provider = provider)));

/** What an earlier wire still says: late, again, and in any order. */
const ghosts = fc.tuple(fc.nat(), fc.nat(3)).map(([which, what]) =>
  step(`wire ${which} still says ${what}`, (_, real) => {
    const old = real.wires.all.filter(({ isOpen }) => !isOpen);
    const ghost = old[which % Math.max(1, old.length)];
    if (what === 0) ghost?.says('connected', {});
    if (what === 1) ghost?.options.onLost();
    if (what === 2) ghost?.options.onRefused(refusal('SESSION_REVOKED'));
    if (what === 3) ghost?.says('session_revoked', { reason: 'revoked' });
  }),
);

/** Everything is well again: whoever has not been stopped is connected after one pause. */
async function heals(model: ConnectionModel, real: Connected): Promise<void> {
  real.provider = 'good';
  if (model.state === 'waiting') await waits.run(model, real);
  if (model.state === 'connecting') await welcomed.run(model, real);
  strictEqual(['idle', 'connected', 'stopped'].includes(real.connection.state), true, real.connection.state);
  await closes.run(model, real);
}

const seed = Date.now() % 2 ** 31;
const rarely = (one: fc.Arbitrary<ConnectionStep>) =>
  fc.nat(19).chain((dice) => (dice === 0 ? one : fc.constant(welcomed)));
const commands = fc.commands(
  [
    ...[...owner, waits, waits, welcomed, welcomed, ...gateway].map((one) => fc.constant(one)),
    refused,
    drains,
    provides,
    ghosts,
    rarely(ends),
    rarely(fc.constant(closes)),
  ],
  { maxCommands: STEP_COUNT_MAX, size: 'max' },
);

test(
  `I1, I2, I3, I4, I5, I6, I7: the connection does what its table says (seed ${seed})`,
  { timeout: MODEL_WAIT_MS },
  async () => {
    const urls = ['http://a', 'http://b', 'http://c'];
    await fc.assert(
      fc.asyncProperty(
        commands,
        fc.integer({ min: 1, max: 3 }),
        fc.double({ min: 0.1, max: 0.999, noNaN: true }),
        async (all, count, random) => {
          vi.clearAllTimers();
          const some = urls.slice(0, count);
          const model = new ConnectionModel(some, random);
          const real = new Connected(some, random);
          await fc.asyncModelRun(() => ({ model, real }), all);
          await heals(model, real);
        },
      ),
      { numRuns: RUN_COUNT, seed },
    );
  },
);

import { strictEqual } from 'node:assert/strict';

import * as fc from 'fast-check';
import { afterAll, beforeAll, test, vi } from 'vitest';

import { lanes, notLeft, OutboxWorld, refusals, stored, type Try, unknown } from './outbox-model.ts';
import { pass, settle, simulateTime } from './simulated-time.ts';
import { MODEL_WAIT_MS, RUN_COUNT, Step, STEP_COUNT_MAX } from './step.ts';

type OutboxStep = Step<object, OutboxWorld>;

beforeAll(simulateTime);
afterAll(() => vi.useRealTimers());

/** Longer than any pause before a try. */
const PAUSE_MS = 15_000;

function step(name: string, run: (world: OutboxWorld) => void | Promise<void>): OutboxStep {
  return new Step(name, async (_, world) => {
    await run(world);
    await settle();
    world.holds();
  });
}

/** A step on one of the tries that somebody still waits for. */
function onTry(name: string, run: (world: OutboxWorld, one: Try) => void): fc.Arbitrary<OutboxStep> {
  return fc.nat().map((which) =>
    step(`${name} ${which}`, (world) => {
      const awaited = world.tries.filter(({ isAwaited }) => isAwaited);
      const one = awaited[which % Math.max(1, awaited.length)];
      if (one === undefined) return;
      one.isAwaited = false;
      run(world, one);
    }),
  );
}

function answers(world: OutboxWorld, one: Try, refusal?: (typeof refusals)[keyof typeof refusals]): void {
  const no = world.server.takes(one, refusal);
  if (no === undefined) one.answer(stored);
  else one.refuse(no);
}

const network = [
  onTry('yes to', (world, one) => answers(world, one)),
  onTry('yes to', (world, one) => answers(world, one)),
  onTry('no to', (world, one) => answers(world, one, refusals.definite)),
  onTry('clock ahead in', (world, one) => answers(world, one, refusals.ahead)),
  onTry('taken, and its answer lost,', (world, one) => {
    world.server.takes(one);
    one.refuse(unknown);
  }),
  onTry('lost', (_, one) => one.refuse(unknown)),
  onTry('never left', (_, one) => one.refuse(notLeft)),
];

/** A copy that was on its way all the time reaches the server, once more or for the first time. */
const copies = fc.nat().map((which) =>
  step(`a copy of try ${which} comes`, (world) => {
    const one = world.tries[which % Math.max(1, world.tries.length)];
    if (one !== undefined) world.server.takes(one);
  }),
);

const says = fc.constantFrom(...lanes).map((lane) => step(`say in ${lane}`, (world) => world.says(lane)));

function onFailed(
  name: string,
  run: (world: OutboxWorld, localId: string, text: string) => void,
): fc.Arbitrary<OutboxStep> {
  return fc.nat().map((which) =>
    step(`${name} ${which}`, (world) => {
      const failed = [...world.fates.values()].filter(({ state, isLost }) => state === 'failed' && !isLost);
      const fate = failed[which % Math.max(1, failed.length)];
      if (fate !== undefined) run(world, fate.localId, fate.text);
    }),
  );
}

const writer = [
  onFailed('retry', (world, localId, text) => {
    world.retried.add(text);
    const fate = world.fates.get(localId);
    if (fate !== undefined) fate.state = 'sending';
    world.outbox.retry(localId);
  }),
  onFailed('discard', (world, localId, text) => {
    world.givenUp.add(text);
    world.outbox.discard(localId);
  }),
];

const circumstances = [
  step('connected', (world) => {
    world.isOpen = true;
    world.outbox.resume();
  }),
  step('not connected', (world) => {
    world.isOpen = false;
    world.outbox.pause();
  }),
  step('time passes', () => pass(PAUSE_MS)),
  step('the disk works', (world) => void world.disk.works()),
  step('the disk works a lot', async (world) => {
    while (world.disk.works()) await settle();
  }),
  step('restart', (world) => world.restarts()),
].map((one) => fc.constant(one));

/** All is well again: everything that was said is stored, or waits for its writer's word. */
async function heals(world: OutboxWorld): Promise<void> {
  world.outbox.resume();
  // A round may end with a message that goes out only once its new id is on the disk.
  for (let quiet = 0; quiet < 3; quiet += 1) {
    while (world.disk.works()) await settle();
    for (const one of world.tries.filter(({ isAwaited }) => isAwaited)) {
      quiet = 0;
      one.isAwaited = false;
      answers(world, one);
    }
    await settle();
    await pass(PAUSE_MS);
  }
  world.holds();
  const left = [...world.fates.values()].filter(({ state, isLost }) => !isLost && state === 'sending');
  strictEqual(left.length, 0);
  const failed = [...world.fates.values()].filter(({ state, isLost }) => !isLost && state === 'failed');
  strictEqual(world.outbox.length, failed.length);
  strictEqual(world.disk.items.size, failed.length);
  strictEqual(world.diskErrorCount, 0);
  world.outbox.pause();
}

const seed = Date.now() % 2 ** 31;
const commands = fc.commands([says, says, says, ...network, copies, ...writer, ...circumstances], {
  maxCommands: STEP_COUNT_MAX,
  size: 'max',
});

test(
  `I8, I9, I10, I12, I16: what was said is stored once and in order, whatever is lost (seed ${seed})`,
  { timeout: MODEL_WAIT_MS },
  async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (all) => {
        vi.clearAllTimers();
        const world = new OutboxWorld();
        await fc.asyncModelRun(() => ({ model: {}, real: world }), all);
        await heals(world);
      }),
      { numRuns: RUN_COUNT, seed },
    );
  },
);

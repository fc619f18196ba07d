import * as fc from 'fast-check';
import { afterAll, beforeAll, test, vi } from 'vitest';

import { SimulatedDevice } from './simulated-device.ts';
import { SimulatedNetwork } from './simulated-network.ts';
import { binh } from './simulated-room.ts';
import { pass, settle, simulateTime } from './simulated-time.ts';
import { MODEL_WAIT_MS, RUN_COUNT, Step, STEP_COUNT_MAX } from './step.ts';

type DeviceStep = Step<object, SimulatedDevice>;

beforeAll(simulateTime);
afterAll(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function step(name: string, run: (device: SimulatedDevice) => void | Promise<void>): DeviceStep {
  return new Step(name, async (_, device) => {
    await run(device);
    await settle();
    device.holds();
  });
}

const rooms = ['cnv_hanoi', 'cnv_hue'];
const room = fc.constantFrom(...rooms);
const which = fc.nat(50);

const person = [
  room.map((id) => step(`say in ${id}`, (device) => device.says(id))),
  room.map((id) =>
    step(
      `open ${id}`,
      (device) =>
        void device.chat
          .conversation(id)
          ?.open()
          .catch(() => undefined),
    ),
  ),
  room.map((id) =>
    step(
      `older in ${id}`,
      (device) =>
        void device.chat
          .conversation(id)
          ?.loadOlder()
          .catch(() => undefined),
    ),
  ),
  room.map((id) => step(`read ${id}`, (device) => device.chat.conversation(id)?.markRead())),
  fc.constant(step('restart', (device) => device.restarts())),
];

let count = 0;
const others = [
  room.map((id) =>
    step(`Bình says in ${id}`, ({ network: { server } }) => {
      server.room(id).says(binh, `id-of-binh-${(count += 1)}`, `from Bình ${count}`);
      server.tells(server.room(id));
    }),
  ),
  fc.tuple(room, which, fc.boolean()).map(([id, one, isEdit]) =>
    step(`${isEdit ? 'edit' : 'delete'} ${one} in ${id}`, ({ network: { server } }) => {
      const before = server.room(id).head;
      server.room(id).changes(one, isEdit ? `edit ${(count += 1)}` : undefined);
      if (server.room(id).head > before) server.tells(server.room(id));
    }),
  ),
  room.map((id) =>
    step(`rename ${id}`, ({ network: { server } }) => {
      server.room(id).updates(`name ${(count += 1)}`);
      server.tells(server.room(id));
    }),
  ),
  fc.tuple(room, which, fc.boolean()).map(([id, seq, isRead]) =>
    step(`Bình ${isRead ? 'reads' : 'has'} ${seq} in ${id}`, ({ network: { server } }) => {
      if (isRead) server.reads(server.room(id), binh, seq + 1);
      else server.has(server.room(id), binh, seq + 1);
    }),
  ),
  fc.tuple(room, which).map(([id, behind]) =>
    step(`tables of ${id} at most ${behind} behind`, ({ network: { server } }) => {
      const one = server.room(id);
      one.tablesAt = Math.max(one.tablesAt, one.head - behind);
    }),
  ),
];

const network = [
  fc.constant(step('flow', ({ network: one }) => one.flows())),
  fc.constant(step('flow', ({ network: one }) => one.flows())),
  which.map((at) => step(`deliver ${at}`, ({ network: one }) => one.delivers(at))),
  which.map((at) => step(`repeat ${at}`, ({ network: one }) => one.repeats(at))),
  which.map((at) => step(`drop ${at}`, ({ network: one }) => one.drops(at))),
  fc
    .boolean()
    .map((doesArrive) =>
      step(`cut, what was said ${doesArrive ? 'arrives' : 'is lost'}`, ({ network: one }) =>
        one.cuts(doesArrive),
      ),
    ),
  fc.boolean().map((isDown) =>
    step(isDown ? 'gateways away' : 'gateways back', ({ network: one }) => {
      one.isDown = isDown;
      if (isDown) one.cuts(false);
    }),
  ),
  fc.constantFrom(300, 1_500, 11_000).map((ms) =>
    step(`${ms} ms pass`, async ({ network: one }) => {
      await pass(ms);
      one.opens();
    }),
  ),
];

/** Together longer than any pause or deadline of the SDK. */
const HEALING_ROUND_COUNT = 12;
const HEALING_ROUND_MS = 3_000;

/** Everything is well again, and enough time passes for all that was put off. */
async function heals({ network: one }: SimulatedDevice): Promise<void> {
  one.isDown = false;
  one.cuts(true);
  for (let round = 0; round < HEALING_ROUND_COUNT; round += 1) {
    for (const each of one.server.rooms.values()) each.tablesAt = each.head;
    await one.flows();
    await pass(HEALING_ROUND_MS);
  }
  await one.flows();
}

const seed = Date.now() % 2 ** 31;
const commands = fc.commands([...person, ...others, ...network], {
  maxCommands: STEP_COUNT_MAX,
  size: 'max',
});

test(
  `I17, I18, I19, I20, I21, I23: a device shows what the log says, whatever the network does (seed ${seed})`,
  { timeout: MODEL_WAIT_MS },
  async () => {
    await fc.assert(
      fc.asyncProperty(commands, fc.double({ min: 0.3, max: 0.999, noNaN: true }), async (all, random) => {
        vi.clearAllTimers();
        vi.spyOn(Math, 'random').mockReturnValue(random);
        const device = new SimulatedDevice(new SimulatedNetwork());
        await device.network.flows();
        await fc.asyncModelRun(() => ({ model: {}, real: device }), all);
        await heals(device);
        device.holds();
        device.showsTheLog();
        device.chat.close();
      }),
      { numRuns: RUN_COUNT, seed },
    );
  },
);

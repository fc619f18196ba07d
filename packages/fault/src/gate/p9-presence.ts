import { setTimeout as delay } from 'node:timers/promises';

import { connectRedis } from '@parley/service-kit/shared-limit';
import { layLine, type Line } from '@parley/testing/line';

import { devicesOf, gatherPeople, insist, openGroup, type Person } from '../crowd.ts';
import { atLeast, judge, none } from './bars.ts';
import type { Campaign, Field } from './campaign.ts';
import { falselyOffline, ghosts, type Sighting } from './checks.ts';

/** Whoever is gone has to be shown so by then. */
const GONE_MS_MAX = 60_000;
const LOOK_EVERY_MS = 500;
const GROUP_SIZE = 20;
/** One of so many people vanishes in the end, with both devices. */
const VANISHING_EVERY = 4;
const sizes = {
  small: { peopleCount: 8, roundCount: 1, restMs: 5_000 },
  full: { peopleCount: 200, roundCount: 3, restMs: 20_000 },
};

const barsOf = (peopleCount: number, faultCount: number) => ({
  falsely: none('people who were there and were shown offline'),
  ghosts: none('people who had vanished a minute ago and were shown as there'),
  unseen: none('people who were there and are not shown so in the end'),
  devices: atLeast(2 * peopleCount, 'devices'),
  faults: atLeast(faultCount, 'gateways and presence services killed, and flushes of Redis'),
  gone: atLeast(1, 'people who vanished and were shown offline'),
});

/** What is done while everybody stays. */
const faults: readonly ((field: Field) => Promise<void>)[] = [
  (field) => kill(field, 'gateway-1'),
  (field) => kill(field, 'presence-1'),
  flush,
  (field) => kill(field, 'gateway-2'),
];

/** Nobody who is there is shown as gone, whatever dies, and nobody who is gone is shown as there. */
export const presence: Campaign = {
  promise: 'P9: presence within its bounds',
  msMax: { small: 240_000, full: 1_200_000 },

  async run(field) {
    const { peopleCount, roundCount, restMs } = sizes[field.isSmall ? 'small' : 'full'];
    const lines: Line[] = [];
    const wireTo = async (url: string) => {
      const line = await layLine(url);
      lines.push(line);
      return line;
    };
    const people = await gatherPeople(field.gatewayUrls, { label: 'p9x', peopleCount, wireTo });
    const watches = await watchOneAnother(people);
    try {
      await insist(async () => requireSeen(watches, people));
      for (let round = 0; round < roundCount; round += 1) {
        for (const strike of faults) {
          await strike(field);
          await delay(restMs);
        }
      }
      const vanishing = people.filter((_, index) => index % VANISHING_EVERY === 0);
      const goneAtMs = await vanish(field, vanishing);
      const there = people.filter(({ userId }) => !goneAtMs.has(userId));
      const looking = watches.filter(({ watcher }) => there.includes(watcher));
      const gone = await untilGone(looking, vanishing);
      return judge(barsOf(peopleCount, faults.length * roundCount), {
        falsely: falselyOffline(
          watches.flatMap(({ sightings }) => sightings),
          goneAtMs,
        ),
        ghosts: ghosts(looking.flatMap(statesOf), goneAtMs),
        unseen: unseenBy(looking, there),
        devices: devicesOf({ people }).length,
        faults: faults.length * roundCount,
        gone,
      });
    } finally {
      for (const { stop } of watches) stop();
      for (const { chat } of devicesOf({ people })) chat.close();
      await Promise.all(lines.map((line) => line.close()));
    }
  },
};

/** One person who looks at the others of their group, and all that was shown to them. */
interface Watch {
  readonly watcher: Person;
  readonly others: readonly Person[];
  readonly sightings: Sighting[];
  readonly stop: () => void;
}

/** People share a group with so many others, and look at all of them. */
async function watchOneAnother(people: readonly Person[]): Promise<readonly Watch[]> {
  const watches: Watch[] = [];
  for (let first = 0; first < people.length; first += GROUP_SIZE) {
    const group = people.slice(first, first + GROUP_SIZE);
    await insist(() => openGroup(`Phố ${first / GROUP_SIZE + 1}`, group));
    for (const watcher of group) {
      const others = group.filter((other) => other !== watcher);
      watches.push(watch(watcher, others));
    }
  }
  return watches;
}

function watch(watcher: Person, others: readonly Person[]): Watch {
  const sightings: Sighting[] = [];
  const stops = others.map((other) => {
    const shown = watcher.devices[0].chat.presence.of(other.userId);
    return shown.subscribe(() => sightings.push(sightingOf(watcher, other)));
  });
  return { watcher, others, sightings, stop: () => stops.forEach((stop) => stop()) };
}

function sightingOf(watcher: Person, { userId, devices }: Person): Sighting {
  const { name, chat } = watcher.devices[0];
  const { status } = chat.presence.get(userId);
  return { by: name, who: devices[0].name, userId, status, atMs: performance.now() };
}

function statesOf({ watcher, others }: Watch): readonly Sighting[] {
  return others.map((other) => sightingOf(watcher, other));
}

function unseenBy(watches: readonly Watch[], there: readonly Person[]): readonly string[] {
  const isThere = new Set(there.map(({ userId }) => userId));
  return watches
    .flatMap(statesOf)
    .filter(({ userId, status }) => isThere.has(userId) && status !== 'online')
    .map(({ by, who, status }) => `${by} sees ${who} as ${status}`);
}

function requireSeen(watches: readonly Watch[], people: readonly Person[]): void {
  const [unseen] = unseenBy(watches, people);
  if (unseen !== undefined) throw new Error(unseen);
}

/** With their gateway at the same moment, so that nobody says goodbye for them. @returns when each has gone, by id. */
async function vanish(field: Field, people: readonly Person[]): Promise<ReadonlyMap<string, number>> {
  for (const device of devicesOf({ people })) device.cut();
  const atMs = performance.now();
  await kill(field, 'gateway-2');
  return new Map(people.map(({ userId }) => [userId, atMs]));
}

/** Until nobody is shown who is gone, or the time for it is over. @returns how many are shown offline. */
async function untilGone(watches: readonly Watch[], gone: readonly Person[]): Promise<number> {
  const ids = new Set(gone.map(({ userId }) => userId));
  const offlineIds = () => {
    const shown = watches.flatMap(statesOf).filter(({ userId }) => ids.has(userId));
    const notYet = new Set(shown.filter(({ status }) => status !== 'offline').map(({ userId }) => userId));
    return [...ids].filter((userId) => !notYet.has(userId));
  };
  const deadline = performance.now() + GONE_MS_MAX;
  while (performance.now() < deadline && offlineIds().length < ids.size) await delay(LOOK_EVERY_MS);
  return offlineIds().length;
}

async function kill({ system }: Field, name: string): Promise<void> {
  const victim = system.process(name);
  victim.kill();
  await victim.ready();
}

async function flush({ infra }: Field): Promise<void> {
  const redis = connectRedis(infra.redis.url);
  try {
    // The connection may still be on its way.
    await insist(() => redis.flushall());
  } finally {
    redis.disconnect();
  }
}

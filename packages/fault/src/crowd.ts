import { setTimeout as delay } from 'node:timers/promises';

import { ApiError } from '@parley/client';

import { type Account, Device, type Wire } from './device.ts';
import { pick, type Random } from './random.ts';

const PEOPLE = ['An', 'Bình', 'Chi', 'Dũng', 'Giang', 'Hà', 'Khánh', 'Lan', 'Minh', 'Nga', 'Oanh', 'Phúc'];
const GROUP_SIZE = 5;
const SIGN_INS_AT_ONCE = 12;
const PASSWORD = 'correct horse battery';
const TICK_MS = 25;
/** How long a person stays away before the owner lets them in again. */
const AWAY_MS = 300;
/** Nobody waits longer for an answer where nothing is broken. */
const EVERYDAY_WAIT_MS = 1_000;
const PER_SECOND_MIN = 25;
const TRY_MS_MAX = 20_000;

/** Somebody with two devices, each on a gateway of its own. */
export interface Person {
  readonly userId: string;
  readonly devices: readonly [Device, Device];
}

export interface Crowd {
  readonly people: readonly Person[];
  /** Where everybody stays. */
  readonly steady: readonly Room[];
  /** Where the first one keeps removing the others and letting them in again. */
  readonly restless: Room;
}

export interface Room {
  readonly conversationId: string;
  readonly members: readonly Person[];
}

export interface Gathering {
  /** What the usernames begin with: several crowds may gather in one system. */
  readonly label: string;
  readonly peopleCount: number;
  /** How a device gets at its gateway; at its own address unless told. */
  readonly wireTo?: (gatewayUrl: string) => Promise<Wire>;
}

const twelve: Gathering = { label: 'person', peopleCount: PEOPLE.length };

/** Signs everybody in twice and opens their conversations. */
export async function gatherCrowd(
  gatewayUrls: readonly [string, string],
  gathering: Gathering = twelve,
): Promise<Crowd> {
  const people = await gatherPeople(gatewayUrls, gathering);
  const groups = Array.from({ length: Math.ceil(people.length / 3) }, (_, index) =>
    openGroup(`Nhóm ${index + 1}`, rotated(people, index * 3).slice(0, GROUP_SIZE)),
  );
  const pairs = Array.from({ length: Math.floor(people.length / 2) }, (_, index) =>
    openDirect(people.slice(index * 2, index * 2 + 2)),
  );
  const restless = await openGroup('Chợ', people.slice(0, GROUP_SIZE));
  const crowd = { people, steady: await Promise.all([...groups, ...pairs]), restless };
  await everybodyKnows([...crowd.steady, restless]);
  return crowd;
}

/** Signs people in on two devices each, some at a time: a password takes time to hash. */
export async function gatherPeople(
  gatewayUrls: readonly [string, string],
  { label, peopleCount, wireTo = async (url) => ({ url }) }: Gathering,
): Promise<readonly Person[]> {
  const people: Person[] = [];
  while (people.length < peopleCount) {
    const first = people.length;
    const some = Array.from({ length: Math.min(SIGN_INS_AT_ONCE, peopleCount - first) }, async (_, index) => {
      const wires = [await wireTo(gatewayUrls[0]), await wireTo(gatewayUrls[1])] as const;
      return signInTwice(wires, label, first + index);
    });
    people.push(...(await Promise.all(some)));
  }
  return people;
}

/** How fast people talk. */
export interface Pace {
  readonly perSecond: number;
  /** Half as fast from now on: what the machine cannot bear in the calm says nothing of a kill. */
  ease(): void;
}

export function paceOf(perSecondMax: number): Pace {
  let perSecond = perSecondMax;
  return {
    get perSecond() {
      return perSecond;
    },
    ease() {
      perSecond = Math.max(perSecond / 2, Math.min(PER_SECOND_MIN, perSecondMax));
    },
  };
}

/** Hands in messages at a pace, whatever the system does with them: so many at least, and until it is enough. */
export async function talk(
  crowd: Crowd,
  load: { readonly random: Random; readonly countMin: number; readonly pace: Pace },
  enough: AbortSignal,
): Promise<void> {
  const { random, countMin, pace } = load;
  const rooms = [...crowd.steady, crowd.restless];
  let due = 0;
  let lookedAt = performance.now();
  for (let said = 0; said < countMin || !enough.aborted;) {
    const now = performance.now();
    due += ((now - lookedAt) / 1_000) * pace.perSecond;
    lookedAt = now;
    for (; said < Math.floor(due); said += 1) {
      const room = pick(random, rooms);
      const device = pick(random, pick(random, room.members).devices);
      device.say(room.conversationId, `${said + 1}. ${device.name}`);
    }
    await delay(TICK_MS);
  }
}

/** The owner removes somebody and lets them in again, over and over, until it is enough. */
export async function comeAndGo(room: Room, signal: AbortSignal, random: Random): Promise<number> {
  const [owner, ...others] = room.members;
  if (owner === undefined) return 0;
  const { api } = owner.devices[0].chat;
  const { conversationId: id } = room;
  let count = 0;
  while (!signal.aborted) {
    const { userId } = pick(random, others);
    await insist(() => api.call('removeMember', { params: { id, userId } }).catch(wasDoneBefore));
    await delay(AWAY_MS);
    await insist(() => api.call('addMembers', { params: { id }, body: { userIds: [userId] } }));
    count += 1;
    await delay(AWAY_MS);
  }
  return count;
}

/** How many sends of anybody have no answer yet. */
export function unansweredCount(crowd: Crowd): number {
  return devicesOf(crowd).flatMap(({ sends }) => sends.filter(({ outcome }) => outcome.kind === 'unknown'))
    .length;
}

/** Whether everybody is connected and nobody waits for an answer for longer than on any day. */
export function isCalm(crowd: Crowd): boolean {
  const longAgoMs = performance.now() - EVERYDAY_WAIT_MS;
  return devicesOf(crowd).every(
    ({ isConnected, sends }) =>
      isConnected &&
      sends.every(({ outcome, submittedAtMs }) => outcome.kind !== 'unknown' || submittedAtMs > longAgoMs),
  );
}

export function devicesOf({ people }: Pick<Crowd, 'people'>): readonly Device[] {
  return people.flatMap(({ devices }) => devices);
}

/** Again and again until it is done. */
export async function insist<Result>(act: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + TRY_MS_MAX;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(AWAY_MS);
    }
  }
}

/** The second try of a removal whose answer was lost finds nobody to remove. */
function wasDoneBefore(error: unknown): void {
  if (!(error instanceof ApiError) || error.code !== 'NOT_FOUND') throw error;
}

async function signInTwice(
  [first, second]: readonly [Wire, Wire],
  label: string,
  index: number,
): Promise<Person> {
  const displayName = `${PEOPLE[index % PEOPLE.length]}${index < PEOPLE.length ? '' : ` ${index}`}`;
  const account: Account = { username: `${label}${index}`, password: PASSWORD, displayName };
  // Everybody begins on the other gateway than the one before.
  const [here, there] = index % 2 === 0 ? [first, second] : [second, first];
  const one = await insist(() => Device.register(here, account));
  const other = await insist(() => Device.signIn(there, account));
  return { userId: one.userId, devices: [one, other] };
}

export async function openGroup(name: string, members: readonly Person[]): Promise<Room> {
  const memberIds = members.slice(1).map(({ userId }) => userId);
  const conversation = await members[0]?.devices[0].chat.startGroup({ name, memberIds });
  if (conversation === undefined) throw new Error('a group needs people');
  return { conversationId: conversation.conversationId, members };
}

async function openDirect(members: readonly Person[]): Promise<Room> {
  const [one, other] = members;
  if (one === undefined || other === undefined) throw new Error('a direct chat needs two');
  const conversation = await one.devices[0].chat.startDirect(other.userId);
  return { conversationId: conversation.conversationId, members };
}

/** Until all devices of all members have heard of the rooms. */
export async function everybodyKnows(rooms: readonly Room[]): Promise<void> {
  const missing = () =>
    rooms.some(({ conversationId, members }) =>
      members.some(({ devices }) => devices.some((device) => device.cursorIn(conversationId) < 0)),
    );
  const deadline = performance.now() + TRY_MS_MAX;
  while (missing()) {
    if (performance.now() > deadline) throw new Error('not everybody has heard of every conversation');
    await delay(TICK_MS);
  }
}

function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

import { setTimeout as delay } from 'node:timers/promises';

import { ApiError } from '@parley/client';
import { newUuidV7 } from '@parley/contracts';
import { layLine, type Line } from '@parley/testing/line';

import { checkHistory } from '../checker.ts';
import {
  type Crowd,
  devicesOf,
  everybodyKnows,
  gatherPeople,
  insist,
  openGroup,
  paceOf,
  type Person,
  type Room,
  talk,
} from '../crowd.ts';
import { comeToRest, historyOf } from '../gather-history.ts';
import type { Send, SendOutcome } from '../history.ts';
import { pick, type Random } from '../random.ts';
import { atLeast, judge, none } from './bars.ts';
import type { Campaign, Field } from './campaign.ts';
import { brokenIn, saidWithoutSomebody } from './checks.ts';
import { pauseProjectors } from './pause-projectors.ts';

const GROUP_SIZE = 4;
const PER_SECOND = 50;
/** Those who are out try to say something all the same. */
const TRESPASS_EVERY_MS = 40;
const RECONNECT_EVERY_MS_MAX = 400;
const CUT_MS_MAX = 150;
/** How long a member stays away, and in. */
const STAY_MS_MAX = 60;
const PAUSE_MS = 5_000;
const sizes = {
  small: { peopleCount: 6, groupCount: 4, operationCount: 200 },
  full: { peopleCount: 16, groupCount: 20, operationCount: 5_000 },
};

const barsOf = (operationCount: number) => ({
  delivered: none('events delivered to somebody who was no member at that position'),
  accepted: none('messages accepted from somebody who was no member at that position'),
  others: none('other invariants broken'),
  unsettled: none('what had not come to rest in time'),
  operations: atLeast(operationCount, 'removals and additions'),
  exposed: atLeast(1, 'messages said while somebody was out'),
  refused: atLeast(1, 'messages refused to somebody who was out'),
  pauses: atLeast(1, `pauses of the projectors of ${PAUSE_MS / 1_000} s`),
});

/** Whoever is removed hears nothing later and says nothing later, at whatever moment it falls. */
export const removedMembers: Campaign = {
  promise: 'P7: a removed member gets and adds nothing after the removal',
  msMax: { small: 240_000, full: 1_200_000 },

  async run(field) {
    const { peopleCount, groupCount, operationCount } = sizes[field.isSmall ? 'small' : 'full'];
    const lines: Line[] = [];
    const wireTo = async (url: string) => {
      const line = await layLine(url);
      lines.push(line);
      return line;
    };
    const people = await gatherPeople(field.gatewayUrls, { label: 'p7x', peopleCount, wireTo });
    try {
      const rooms = await Promise.all(
        Array.from({ length: groupCount }, (_, index) =>
          openGroup(
            `Ga ${index}`,
            Array.from(
              { length: GROUP_SIZE },
              (__, place) => people[(index + place) % peopleCount] as Person,
            ),
          ),
        ),
      );
      await everybodyKnows(rooms);
      const [restless, ...steady] = rooms;
      if (restless === undefined) throw new Error('a group is needed');
      return await race(field, { people, steady, restless }, operationCount);
    } finally {
      for (const { chat } of devicesOf({ people })) chat.close();
      await Promise.all(lines.map((line) => line.close()));
    }
  },
};

async function race(field: Field, crowd: Crowd, operationCount: number) {
  const { random } = field;
  const rooms = [...crowd.steady, crowd.restless];
  const enough = new AbortController();
  const load = { random, countMin: 0, pace: paceOf(PER_SECOND) };
  const around = [talk(crowd, load, enough.signal), reconnect(crowd, random, enough.signal)];
  const trespassing = trespass(rooms, random, enough.signal);
  const counter = { left: operationCount, done: 0 };
  const moving = Promise.all(rooms.map((room) => comeAndGo(room, random, counter)));
  await pauseProjectors(field.infra, PAUSE_MS);
  await moving;
  enough.abort();
  const [trespasses] = await Promise.all([trespassing, ...around]);
  const unsettled = await comeToRest(crowd, field.infra);
  const heard = await historyOf(crowd, field);
  const history = { ...heard, sends: [...heard.sends, ...trespasses] };
  const broken = brokenIn(checkHistory(history));
  return judge(barsOf(operationCount), {
    delivered: broken.take('nothing is delivered to somebody who is no member'),
    accepted: broken.take(
      'nothing is accepted from somebody who is no member',
      'a refused send is not stored',
    ),
    others: broken.rest(),
    unsettled,
    operations: counter.done,
    exposed: saidWithoutSomebody(history.log),
    refused: trespasses.filter(({ outcome }) => outcome.kind === 'refused').length,
    pauses: 1,
  });
}

/** The owner takes somebody out and lets them in again, a moment later each, until all have moved often enough. */
async function comeAndGo(
  { conversationId: id, members: [owner, ...others] }: Room,
  random: Random,
  counter: { left: number; done: number },
): Promise<void> {
  if (owner === undefined) return;
  const { api } = owner.devices[0].chat;
  while (counter.left > 0) {
    counter.left -= 2;
    const { userId } = pick(random, others);
    const [removal, addition] = [newUuidV7(), newUuidV7()];
    await insist(() => api.call('removeMember', { params: { id, userId }, idempotencyKey: removal }));
    await delay(random() * STAY_MS_MAX);
    const body = { userIds: [userId] };
    await insist(() => api.call('addMembers', { params: { id }, body, idempotencyKey: addition }));
    await delay(random() * STAY_MS_MAX);
    counter.done += 2;
  }
}

/** Devices come back at any moment, also while their person is out. */
async function reconnect(crowd: Crowd, random: Random, enough: AbortSignal): Promise<void> {
  while (!enough.aborted) {
    await delay(random() * RECONNECT_EVERY_MS_MAX);
    const device = pick(random, devicesOf(crowd));
    device.cut();
    await delay(random() * CUT_MS_MAX);
    device.mend();
  }
}

/** Says something by REST wherever one was ever in, whether one is now or not: a client that does not care. */
async function trespass(
  rooms: readonly Room[],
  random: Random,
  enough: AbortSignal,
): Promise<readonly Send[]> {
  const sends: Promise<Send>[] = [];
  while (!enough.aborted) {
    await delay(TRESPASS_EVERY_MS);
    const { conversationId, members } = pick(random, rooms);
    sends.push(sayAnyway(conversationId, pick(random, members.slice(1)), sends.length));
  }
  return Promise.all(sends);
}

async function sayAnyway(conversationId: string, person: Person, number: number): Promise<Send> {
  const clientMessageId = newUuidV7();
  const text = `vẫn nói ${number}`;
  const submittedAtMs = performance.now();
  const outcome = await person.devices[1].chat.api
    .call('sendText', { body: { conversationId, clientMessageId, content: text } })
    .then(
      ({ message: { messageId, seq } }): SendOutcome => ({
        kind: 'ok',
        messageId,
        seq,
        atMs: performance.now(),
      }),
      (error: unknown): SendOutcome => {
        if (!(error instanceof ApiError)) throw error;
        const { code, definite } = error;
        return definite ? { kind: 'refused', code, atMs: performance.now() } : { kind: 'unknown' };
      },
    );
  // Each is a lane of its own: two requests of one device keep no order.
  const device = `request ${number}`;
  return { device, userId: person.userId, conversationId, clientMessageId, text, submittedAtMs, outcome };
}

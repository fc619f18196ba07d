import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

import { ApiError, type Connection } from '@parley/client';
import { newUuidV7 } from '@parley/contracts';

import { devicesOf, gatherPeople, insist, openGroup, type Person, type Room } from '../crowd.ts';
import type { Send } from '../history.ts';
import { readLog } from '../truth.ts';
import { atLeast, atMost, judge, none } from './bars.ts';
import type { Campaign, Field } from './campaign.ts';
import { acceptedAndLost, type Refusal, withoutATime } from './checks.ts';

/** What the gateway grants one socket. Most stay below it, and together are too many for the message services. */
const GRANTED_PER_SECOND = 20;
const HONEST_SHARE = 0.9;
/** A few offer ten times as much, until they are sent out for it. */
const FLOODING_TIMES = 10;
const FLOODING_COUNT = 2;
const PEOPLE_COUNT = 15;
/** One conversation alone is as slow as one write after the other; many are in all partitions. */
const ROOM_COUNT = 40;
const TICK_MS = 50;
/**
 * Of each second the message services run this much at first. While no partition keeps anybody waiting for too long, it
 * is halved, so often at most: what is offered becomes twice as much of what can be done.
 */
const RUN_MS_FIRST = 400;
const SECOND_MS = 1_000;
const HALVE_EVERY_MS = 3_000;
const HALVE_COUNT_MAX = 5;
const SAMPLE_EVERY_MS = 500;
const RSS_GROWTH_MB_MAX = 400;
const HEALTHY_MS_MAX = 15_000;
/** Whoever is not well by then is not going to be. */
const GIVE_UP_MS = 4 * HEALTHY_MS_MAX;
/** What an answer may take where all is well enough. */
const ANSWER_MS_MAX = 5_000;
const KB_PER_MB = 1_024;
const durations = { small: 24_000, full: 120_000 };

const bars = {
  lost: none('sends that were accepted and are not stored'),
  timeless: none('refusals that do not say when to come again'),
  refused: atLeast(1, 'sends refused at once'),
  unavailable: atLeast(1, 'of these because a partition kept somebody waiting (UNAVAILABLE)'),
  accepted: atLeast(1, 'sends accepted meanwhile'),
  growthMb: atMost(RSS_GROWTH_MB_MAX, 'MB that the largest process grew by'),
  healthyMs: atMost(HEALTHY_MS_MAX, 'ms until all gateways answered quickly again'),
  exits: none('processes that ended'),
};

/**
 * Ten times of what may be: a few sockets say ten times what they are granted, and all others together say more than the
 * message services can do, for these are stopped most of the time, longer and longer until a gateway refuses what it would
 * only keep waiting. What is too much is refused early and says when to come again.
 */
export const overload: Campaign = {
  promise: 'P15: overload is refused early, and nothing accepted is lost',
  msMax: { small: 240_000, full: 600_000 },

  async run(field) {
    const people = await gatherPeople(field.gatewayUrls, { label: 'p15x', peopleCount: PEOPLE_COUNT });
    try {
      const rooms = await Promise.all(
        Array.from({ length: ROOM_COUNT }, (_, index) => insist(() => openGroup(`Chợ Tết ${index}`, people))),
      );
      return await flood(field, people, rooms);
    } finally {
      for (const { chat } of devicesOf({ people })) chat.close();
    }
  },
};

async function flood(field: Field, people: readonly Person[], rooms: readonly Room[]) {
  const { system } = field;
  const pidsBefore = system.processes.map(({ pid }) => pid);
  const over = AbortSignal.timeout(durations[field.isSmall ? 'small' : 'full']);
  const answers = new Answers();
  const memory = watchMemory(field, over);
  await Promise.all([offer({ people, rooms, answers }, over), starve(field, answers, over)]);
  const calmAtMs = performance.now();
  await answers.allIn();
  const healthyMs = await untilHealthy(field, { people, rooms }, calmAtMs);
  return judge(bars, {
    lost: acceptedAndLost(answers.sends, await readLog(field.infra)),
    timeless: withoutATime(answers.refusals),
    refused: answers.refusals.length,
    unavailable: answers.unavailableCount,
    accepted: answers.sends.length,
    growthMb: await memory,
    healthyMs,
    exits: system.processes.filter(({ pid }, index) => pid !== pidsBefore[index]).map(({ name }) => name),
  });
}

/** What became of everything that was offered. */
class Answers {
  readonly sends: Pick<Send, 'clientMessageId' | 'outcome'>[] = [];
  readonly refusals: Refusal[] = [];
  readonly #out = new Set<Promise<void>>();

  add(connection: Connection, conversationId: string): void {
    const clientMessageId = newUuidV7();
    const asked = this.#ask(connection, { conversationId, clientMessageId }).finally(() =>
      this.#out.delete(asked),
    );
    this.#out.add(asked);
  }

  async #ask(
    connection: Connection,
    place: { readonly conversationId: string; readonly clientMessageId: string },
  ): Promise<void> {
    const { clientMessageId } = place;
    try {
      const { message } = await connection.request('send_message', { ...place, content: 'chen vào' });
      const { messageId, seq } = message;
      this.sends.push({ clientMessageId, outcome: { kind: 'ok', messageId, seq, atMs: performance.now() } });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { code, definite, requestId, retryAfterMs } = error;
      // What is unknown, or never left, is neither accepted nor refused by anybody.
      if (definite && requestId !== undefined) this.refusals.push({ code, retryAfterMs });
    }
  }

  /** Of the refusals: those for which a partition was too slow, and no socket too fast. */
  get unavailableCount(): number {
    return this.refusals.filter(({ code }) => code === 'UNAVAILABLE').length;
  }

  async allIn(): Promise<void> {
    while (this.#out.size > 0) await Promise.all(this.#out);
  }
}

/** An open load: it does not wait for answers. */
async function offer(
  {
    people,
    rooms,
    answers,
  }: { readonly people: readonly Person[]; readonly rooms: readonly Room[]; readonly answers: Answers },
  over: AbortSignal,
): Promise<void> {
  const connections = devicesOf({ people }).map(({ chat }) => chat.connection);
  const granted = (GRANTED_PER_SECOND * TICK_MS) / SECOND_MS;
  const offers = connections.map((connection, index) => ({
    connection,
    perTick: granted * (index < FLOODING_COUNT ? FLOODING_TIMES : HONEST_SHARE),
    // So that not all of them speak in the same tick.
    due: index / connections.length,
  }));
  for (let turn = 0; !over.aborted;) {
    await delay(TICK_MS);
    for (const one of offers) {
      for (one.due += one.perTick; one.due >= 1; one.due -= 1, turn += 1) {
        const room = rooms[turn % rooms.length];
        if (room !== undefined) answers.add(one.connection, room.conversationId);
      }
    }
  }
}

/** Lets the message services run for a part of the time that becomes smaller until something is refused for it. */
async function starve({ system, say }: Field, answers: Answers, over: AbortSignal): Promise<void> {
  const services = system.processes.filter(({ name }) => name.startsWith('message-'));
  let runMs = RUN_MS_FIRST;
  let halvedAtMs = performance.now();
  let halveCount = 0;
  try {
    while (!over.aborted) {
      for (const service of services) service.kill('SIGSTOP');
      await delay(SECOND_MS - runMs);
      for (const service of services) service.kill('SIGCONT');
      await delay(runMs);
      if (answers.unavailableCount > 0 || halveCount >= HALVE_COUNT_MAX) continue;
      if (performance.now() - halvedAtMs < HALVE_EVERY_MS) continue;
      halveCount += 1;
      runMs /= 2;
      halvedAtMs = performance.now();
      say(`  Nobody is kept waiting for too long; the message services run for ${runMs} ms a second now.`);
    }
  } finally {
    for (const service of services) service.kill('SIGCONT');
  }
}

/** By how much the process grew that grew most. */
async function watchMemory({ system }: Field, over: AbortSignal): Promise<number> {
  const first = new Map<string, number>();
  let growthMb = 0;
  for (;;) {
    for (const { name, pid } of system.processes) {
      const mb = await memoryMbOf(pid);
      growthMb = Math.max(growthMb, mb - (first.get(name) ?? mb));
      if (!first.has(name)) first.set(name, mb);
    }
    if (over.aborted) return growthMb;
    await delay(SAMPLE_EVERY_MS);
  }
}

async function memoryMbOf(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / KB_PER_MB;
}

/** From the end of the load until a send by each gateway to each conversation is answered as on any day. */
async function untilHealthy(
  { system }: Field,
  { people, rooms }: { readonly people: readonly Person[]; readonly rooms: readonly Room[] },
  sinceMs: number,
): Promise<number> {
  const apis = (people[0]?.devices ?? []).map(({ chat }) => chat.api);
  const isAnswered = async (api: (typeof apis)[number], { conversationId }: Room) => {
    const body = { conversationId, clientMessageId: newUuidV7(), content: 'xong chưa' };
    return api.call('sendText', { body, waitMs: ANSWER_MS_MAX }).then(
      () => true,
      () => false,
    );
  };
  let waiting = apis.flatMap((api) => rooms.map((room) => ({ api, room })));
  while (waiting.length > 0 && performance.now() - sinceMs < GIVE_UP_MS) {
    const answers = await Promise.all(waiting.map(({ api, room }) => isAnswered(api, room)));
    waiting = waiting.filter((_, index) => answers[index] !== true);
    if (waiting.length > 0) await delay(TICK_MS);
  }
  const isRunning = system.processes.every(({ pid }) => pid !== undefined);
  return waiting.length === 0 && isRunning ? performance.now() - sinceMs : Number.POSITIVE_INFINITY;
}

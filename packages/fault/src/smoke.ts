import { setTimeout as delay } from 'node:timers/promises';

import type { ConversationId } from '@parley/contracts';
import { partitionOf } from '@parley/jetstream';
import { type Infra, startInfra, startSystem } from '@parley/local';

import { checkHistory, type Violation } from './checker.ts';
import {
  comeAndGo,
  type Crowd,
  devicesOf,
  gatherCrowd,
  isCalm,
  paceOf,
  talk,
  unansweredCount,
} from './crowd.ts';
import type { History } from './history.ts';
import { messagesOf } from './log-invariants.ts';
import { strikeAll } from './nemesis.ts';
import { seededRandom } from './random.ts';
import { endOfLog, readLog, readProcesses, readRows, timelinePosition } from './truth.ts';
import { costsOf, type StrikeCost } from './waits.ts';

/** How long everything may take to come to rest once nothing is broken any more. */
const REST_MS_MAX = 30_000;
const POLL_MS = 50;

export interface SmokeOptions {
  readonly seed: number;
  /** So many at least; more when the kills take longer. */
  readonly sendCount: number;
  /** At most; fewer where the machine cannot bear so many. */
  readonly perSecond: number;
  readonly say: (line: string) => void;
}

export interface SmokeReport {
  readonly history: History;
  readonly violations: readonly Violation[];
  readonly costs: readonly StrikeCost[];
  /** Members that were removed and let in again meanwhile. */
  readonly comings: number;
  /** How many were sent a second in the end. */
  readonly perSecond: number;
  /** What had not come to rest in time; empty when all is well. */
  readonly unsettled: readonly string[];
}

/** People talk, everything dies once, and the checker looks at what is left. */
export async function smoke(options: SmokeOptions): Promise<SmokeReport> {
  const { say } = options;
  await using infra = await startInfra();
  await using system = await startSystem({
    infra,
    gateways: 2,
    instances: { message: 2 },
    // The crowd comes from one address and is no attack.
    env: {
      TRIES_PER_ADDRESS_MAX: '10000',
      ACCOUNTS_PER_ADDRESS_MAX: '10000',
      SOCKETS_PER_ADDRESS_MAX: '10000',
      REQUESTS_PER_ADDRESS_MAX: '1000000',
    },
  });
  const [first, second] = system.gatewayUrls;
  if (first === undefined || second === undefined) throw new Error('two gateways were asked for');
  const crowd = await gatherCrowd([first, second]);
  say(`${devicesOf(crowd).length} devices of ${crowd.people.length} people are connected.`);
  try {
    const { seed, sendCount: countMin, perSecond } = options;
    const pace = paceOf(perSecond);
    const field = { infra, system, isCalm: () => isCalm(crowd), ease: () => pace.ease() };
    const enough = new AbortController();
    const coming = comeAndGo(crowd.restless, enough.signal, seededRandom(seed + 1));
    const talking = talk(crowd, { random: seededRandom(seed + 2), countMin, pace }, enough.signal);
    const strikes = await strikeAll(field, seededRandom(seed));
    enough.abort();
    const [comings] = await Promise.all([coming, talking]);
    say('Everybody was killed once; waiting for everything to come to rest.');
    const unsettled = await comeToRest(crowd, infra);
    const history: History = {
      sends: devicesOf(crowd).flatMap(({ sends }) => sends),
      log: await readLog(infra),
      rows: await readRows(infra),
      devices: devicesOf(crowd).map((device) => device.view()),
      processes: await readProcesses(field, strikes),
    };
    const costs = costsOf(strikes, { sends: history.sends, partitionOf: partitionOfSends });
    const violations = checkHistory(history);
    return { history, violations, costs, comings, unsettled, perSecond: pace.perSecond };
  } finally {
    for (const { chat } of devicesOf(crowd)) chat.close();
  }
}

/** Sends are commands of the message service; the log and the SDK have an id's form already. */
function partitionOfSends(conversationId: string): number {
  return partitionOf('message', conversationId as ConversationId);
}

/** Until every send has its answer, every device is at the head and the tables are at the end of the log. */
async function comeToRest(crowd: Crowd, infra: Infra): Promise<readonly string[]> {
  const checks: readonly (() => Promise<string | undefined>)[] = [
    async () => {
      const count = unansweredCount(crowd);
      return count === 0 ? undefined : `${count} sends have no answer`;
    },
    () => laggingDevices(crowd, infra),
    async () => {
      const [position, end] = await Promise.all([timelinePosition(infra), endOfLog(infra)]);
      return position >= end ? undefined : `the timeline is at ${position} of ${end}`;
    },
  ];
  const deadline = performance.now() + REST_MS_MAX;
  const unsettled: string[] = [];
  for (const check of checks) {
    let found = await check();
    while (found !== undefined && performance.now() < deadline) {
      await delay(POLL_MS);
      found = await check();
    }
    if (found !== undefined) unsettled.push(found);
  }
  return unsettled;
}

async function laggingDevices(crowd: Crowd, infra: Infra): Promise<string | undefined> {
  const heads = new Map<string, number>();
  for (const { conversationId, seq } of messagesOf(await readLog(infra))) heads.set(conversationId, seq);
  const rooms = [...crowd.steady, crowd.restless];
  const lagging = rooms.flatMap(({ conversationId, members }) =>
    members
      .flatMap(({ devices }) => devices)
      .filter((device) => device.cursorIn(conversationId) < (heads.get(conversationId) ?? 0))
      .map(
        (device) => `${device.name} is at ${device.cursorIn(conversationId)} of ${heads.get(conversationId)}`,
      ),
  );
  return lagging.length === 0 ? undefined : lagging.join('; ');
}

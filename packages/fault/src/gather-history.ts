import { setTimeout as delay } from 'node:timers/promises';

import type { Infra, System } from '@parley/local';

import { type Crowd, devicesOf, unansweredCount } from './crowd.ts';
import type { History, LogEntry, Send } from './history.ts';
import { messagesOf } from './log-invariants.ts';
import type { Strike } from './nemesis.ts';
import { endOfLog, readLog, readProcesses, readRows, timelinePosition } from './truth.ts';

/** How long everything may take to come to rest once nothing is broken any more. */
const REST_MS_MAX = 30_000;
const POLL_MS = 50;

interface Stage {
  readonly infra: Infra;
  readonly system: System;
}

/** Everything that is known of what a crowd did: its own conversations, for others may have met in the same system. */
export async function historyOf(
  crowd: Crowd,
  stage: Stage,
  strikes: readonly Strike[] = [],
): Promise<History> {
  const conversationIds = new Set(roomsOf(crowd).map(({ conversationId }) => conversationId));
  const isTheirs = ({ conversationId }: { readonly conversationId: string }) =>
    conversationIds.has(conversationId);
  const log = await readLog(stage.infra);
  const sends: readonly Send[] = devicesOf(crowd).flatMap(({ sends: own }) => own);
  return {
    sends,
    log: log.filter((entry) => isTheirs(placeOf(entry))),
    rows: (await readRows(stage.infra)).filter(isTheirs),
    devices: devicesOf(crowd).map((device) => device.view()),
    processes: await readProcesses(stage, strikes),
  };
}

/** Until every send has its answer, every device is at the head and the tables are at the end of the log. */
export async function comeToRest(crowd: Crowd, infra: Infra): Promise<readonly string[]> {
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
  const lagging = roomsOf(crowd).flatMap(({ conversationId, members }) =>
    members
      .flatMap(({ devices }) => devices)
      .filter((device) => device.cursorIn(conversationId) < (heads.get(conversationId) ?? 0))
      .map(
        (device) => `${device.name} is at ${device.cursorIn(conversationId)} of ${heads.get(conversationId)}`,
      ),
  );
  return lagging.length === 0 ? undefined : lagging.join('; ');
}

function roomsOf({ steady, restless }: Crowd) {
  return [...steady, restless];
}

function placeOf(entry: LogEntry): { readonly conversationId: string } {
  return entry.kind === 'message' ? entry.message : entry;
}

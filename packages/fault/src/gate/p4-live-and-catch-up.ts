import { setTimeout as delay } from 'node:timers/promises';

import { layLine, type Line } from '@parley/testing/line';

import { checkHistory } from '../checker.ts';
import { devicesOf, gatherCrowd, paceOf, talk } from '../crowd.ts';
import type { Device } from '../device.ts';
import { comeToRest, historyOf } from '../gather-history.ts';
import type { DeviceView } from '../history.ts';
import type { Random } from '../random.ts';
import { atLeast, judge, none } from './bars.ts';
import type { Campaign, Field } from './campaign.ts';
import { brokenIn } from './checks.ts';

const CUT_COUNT = 20;
const CONNECTED_MS_MAX = 700;
const AWAY_MS_MAX = 400;
const sizes = {
  small: { peopleCount: 12, perSecond: 40 },
  full: { peopleCount: 100, perSecond: 60 },
};

const barsOf = (deviceCount: number) => ({
  gaps: none('unannounced gaps'),
  doubles: none('messages that an application was told of twice or out of order'),
  ends: none('devices that end with something else than the fold of the log'),
  others: none('other invariants broken'),
  unsettled: none('what had not come to rest in time'),
  cuts: atLeast(deviceCount * CUT_COUNT, 'cuts'),
  missed: atLeast(1, 'messages that came by catching up and not live'),
});

/** Devices that are cut again and again miss nothing unannounced, hear nothing twice, and end equal to the log. */
export const liveAndCatchUp: Campaign = {
  promise: 'P4: every device, however often it is cut off, converges',
  msMax: { small: 240_000, full: 600_000 },

  async run(field) {
    const { peopleCount, perSecond } = sizes[field.isSmall ? 'small' : 'full'];
    const lines: Line[] = [];
    const wireTo = async (url: string) => {
      const line = await layLine(url);
      lines.push(line);
      return line;
    };
    const crowd = await gatherCrowd(field.gatewayUrls, { label: 'p4x', peopleCount, wireTo });
    const devices = devicesOf(crowd);
    try {
      const enough = new AbortController();
      const load = { random: field.random, countMin: 0, pace: paceOf(perSecond) };
      const talking = talk(crowd, load, enough.signal);
      const cuts = await Promise.all(devices.map((device) => cutAgainAndAgain(device, field.random)));
      enough.abort();
      await talking;
      return await judged({ field, crowd, cutCount: cuts.reduce((sum, count) => sum + count, 0) });
    } finally {
      for (const { chat } of devices) chat.close();
      await Promise.all(lines.map((line) => line.close()));
    }
  },
};

async function judged({
  field,
  crowd,
  cutCount,
}: {
  readonly field: Field;
  readonly crowd: Awaited<ReturnType<typeof gatherCrowd>>;
  readonly cutCount: number;
}) {
  const unsettled = await comeToRest(crowd, field.infra);
  const history = await historyOf(crowd, field);
  const broken = brokenIn(checkHistory(history));
  return judge(barsOf(history.devices.length), {
    gaps: broken.take('there is no silent gap'),
    doubles: broken.take('no message is announced twice or out of order'),
    ends: broken.take('every device ends with what the log says', 'every member has the conversation'),
    others: broken.rest(),
    unsettled,
    cuts: cutCount,
    missed: history.devices.reduce((sum, view) => sum + caughtUpCount(view), 0),
  });
}

/** Each cut falls at a point that chance names, into whatever happens then. */
async function cutAgainAndAgain(device: Device, random: Random): Promise<number> {
  let count = 0;
  for (; count < CUT_COUNT; count += 1) {
    await delay(random() * CONNECTED_MS_MAX);
    device.cut();
    await delay(random() * AWAY_MS_MAX);
    device.mend();
  }
  return count;
}

/** Of what an application was told: how much had not come over the wire by itself. */
function caughtUpCount({ announced, deliveries }: DeviceView): number {
  const live = new Set(deliveries.map(keyOf));
  return announced.filter((one) => !live.has(keyOf(one))).length;
}

function keyOf({ conversationId, seq }: { readonly conversationId: string; readonly seq: number }): string {
  return `${conversationId} ${seq}`;
}

import { setTimeout as delay } from 'node:timers/promises';

import { overhear } from '@parley/testing/overhear';

import { checkHistory } from '../checker.ts';
import { devicesOf, gatherCrowd, paceOf, talk } from '../crowd.ts';
import { comeToRest, historyOf } from '../gather-history.ts';
import type { Strike } from '../nemesis.ts';
import { atLeast, judge, none } from './bars.ts';
import type { Campaign, Field } from './campaign.ts';
import { brokenIn } from './checks.ts';

const PER_SECOND = 100;
const OFFLINE = 'user_offline';
const sizes = {
  small: { peopleCount: 8, killCount: 2, killEveryMs: 6_000 },
  full: { peopleCount: 24, killCount: 12, killEveryMs: 10_000 },
};

const barsOf = (killCount: number) => ({
  lost: none('messages lost, doubled or reordered for anybody'),
  others: none('other invariants broken'),
  offline: none('people who were shown offline'),
  unsettled: none('what had not come to rest in time'),
  kills: atLeast(killCount, 'gateways killed'),
  sends: atLeast(killCount, 'messages sent meanwhile'),
  heard: atLeast(1, 'events overheard at the one address'),
});

/** Two gateways behind one address, of which one dies now and then: nobody loses anything, and nobody is gone. */
export const oneAddress: Campaign = {
  promise: 'One address: a gateway that dies takes nothing and nobody with it',
  msMax: { small: 240_000, full: 420_000 },

  async run(field) {
    const { peopleCount, killCount, killEveryMs } = sizes[field.isSmall ? 'small' : 'full'];
    const line = await overhear(field.gatewayUrls, 'the one address');
    const wireTo = async () => ({ url: line.url });
    const crowd = await gatherCrowd(field.gatewayUrls, { label: 'onex', peopleCount, wireTo });
    const devices = devicesOf(crowd);
    try {
      const enough = new AbortController();
      const load = { random: field.random, countMin: 0, pace: paceOf(PER_SECOND) };
      const talking = talk(crowd, load, enough.signal);
      const strikes = await killInTurn(field, killCount, killEveryMs);
      enough.abort();
      await talking;
      const unsettled = await comeToRest(crowd, field.infra);
      const heard = line.take();
      const history = await historyOf(crowd, field, strikes);
      const broken = brokenIn(checkHistory(history));
      return judge(barsOf(killCount), {
        lost: broken.take(
          'an acknowledged send is in the log',
          'a send is stored once',
          "a device's sends keep their order",
          'a send made after an answer comes later',
          'no message is announced twice or out of order',
          'there is no silent gap',
          'every device ends with what the log says',
        ),
        others: broken.rest(),
        offline: heard
          .filter(({ name }) => name === OFFLINE)
          .map(({ device, said }) => `${device} heard ${JSON.stringify(said)}`),
        unsettled,
        kills: strikes.length,
        sends: history.sends.length,
        heard: heard.length,
      });
    } finally {
      for (const { chat } of devices) chat.close();
      await line.close();
    }
  },
};

/** One after the other, each once the one before is back. */
async function killInTurn({ system }: Field, count: number, everyMs: number): Promise<readonly Strike[]> {
  const strikes: Strike[] = [];
  while (strikes.length < count) {
    const name = `gateway-${(strikes.length % 2) + 1}`;
    const gateway = system.process(name);
    const atMs = performance.now();
    gateway.kill();
    await gateway.ready();
    const backAfterMs = performance.now() - atMs;
    strikes.push({ victim: 'gateway', process: name, atMs, backAfterMs, cpuShare: 1 });
    await delay(Math.max(0, everyMs - backAfterMs));
  }
  return strikes;
}

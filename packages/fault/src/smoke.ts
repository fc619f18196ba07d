import type { ConversationId } from '@parley/contracts';
import { partitionOf } from '@parley/jetstream';
import { startInfra } from '@parley/local';

import { checkHistory, type Violation } from './checker.ts';
import { comeAndGo, devicesOf, gatherCrowd, isCalm, paceOf, talk } from './crowd.ts';
import { comeToRest, historyOf } from './gather-history.ts';
import type { History } from './history.ts';
import { strikeAll } from './nemesis.ts';
import { seededRandom } from './random.ts';
import { bothGateways, startTwoGateways } from './two-gateways.ts';
import { costsOf, type StrikeCost } from './waits.ts';

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
  await using system = await startTwoGateways(infra);
  const crowd = await gatherCrowd(bothGateways(system));
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
    const history = await historyOf(crowd, field, strikes);
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

import { setTimeout as delay } from 'node:timers/promises';

import { startInfra } from '@parley/local';

import { seededRandom } from '../random.ts';
import { bothGateways, startTwoGateways } from '../two-gateways.ts';
import { type Verdict, verdictLines } from './bars.ts';
import type { Campaign, Field } from './campaign.ts';
import { oneAddress } from './one-address.ts';
import { liveAndCatchUp } from './p4-live-and-catch-up.ts';
import { readYourWrites } from './p6-read-your-writes.ts';
import { removedMembers } from './p7-removed-members.ts';
import { revokedSessions } from './p8-revoked-sessions.ts';
import { presence } from './p9-presence.ts';
import { readState } from './p10-read-state.ts';
import { overload } from './p15-overload.ts';

/** In the order in which they run: what leaves a mess comes last. */
const campaigns: Readonly<Record<string, Campaign>> = {
  p4: liveAndCatchUp,
  p6: readYourWrites,
  p10: readState,
  p7: removedMembers,
  p8: revokedSessions,
  'one-address': oneAddress,
  // Kills that the one above would have to account for.
  p9: presence,
  p15: overload,
};

export const campaignNames: readonly string[] = Object.keys(campaigns);

export interface GateOptions {
  readonly seed: number;
  readonly isSmall: boolean;
  /** One of {@link campaignNames}; all of them unless told. */
  readonly only: string | undefined;
  readonly say: (line: string) => void;
}

/** Holds each promise to its bar, one after the other in one system. @returns whether all were kept. */
export async function gate({ seed, isSmall, only, say }: GateOptions): Promise<boolean> {
  await using infra = await startInfra();
  await using system = await startTwoGateways(infra);
  const gatewayUrls = bothGateways(system);
  let isGood = true;
  for (const [index, name] of campaignNames.entries()) {
    if (only !== undefined && name !== only) continue;
    const random = seededRandom(seed + index);
    const field: Field = { infra, system, gatewayUrls, random, isSmall, say };
    const ended = await runOne(name, field);
    isGood = ended === 'kept' && isGood;
    // What was given up goes on in there, and would spoil what came after it.
    if (ended === 'given up') return false;
  }
  return isGood;
}

async function runOne(name: string, field: Field): Promise<'kept' | 'broken' | 'given up'> {
  const campaign = campaigns[name];
  if (campaign === undefined) throw new Error(`there is no campaign ${name}`);
  const { say, isSmall } = field;
  const startedAt = performance.now();
  say(`\n${name}  ${campaign.promise}`);
  const over = new AbortController();
  try {
    const msMax = campaign.msMax[isSmall ? 'small' : 'full'];
    const verdicts = await Promise.race([campaign.run(field), tooLate(msMax, over.signal)]);
    for (const line of verdictLines(verdicts)) say(line);
    return verdicts.every(({ isKept }) => isKept) ? 'kept' : 'broken';
  } catch (error) {
    say(`  BROKEN  it did not come to an end: ${error instanceof Error ? error.stack : String(error)}`);
    return 'given up';
  } finally {
    over.abort();
    say(`  after ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
  }
}

async function tooLate(msMax: number, over: AbortSignal): Promise<readonly Verdict[]> {
  await delay(msMax, undefined, { signal: over }).catch(() => undefined);
  if (over.aborted) return [];
  throw new Error(`not over after ${msMax / 1_000} s`);
}

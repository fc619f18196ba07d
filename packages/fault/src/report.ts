import {
  brokenBars,
  CPU_SHARE_MIN,
  groupNames,
  isOverloaded,
  ms,
  RETURN_MS_MAX,
  standings,
  takeoverBar,
  USUAL_WAIT_MS_MAX,
} from './bars.ts';
import type { History } from './history.ts';
import type { SmokeReport } from './smoke.ts';
import { CALM_MS, type StrikeCost } from './waits.ts';

const EXAMPLE_COUNT_MAX = 5;
/** What an answer may take while something is broken. */
const QUICK_MS_MAX = 5_000;

/**
 * What a person reads at the end of a run.
 *
 * A kill of one of two message services is judged by how much longer than usual people waited for their answers.
 * Every conversation is judged, by how it stood to the kill:
 *
 * - with a command out: a send to it was handed in before the kill and answered after it. That command died with the
 *   process, or was in line behind one that did. It waits until the broker hands it out again, and then for the
 *   takeover, and so do the sends after it.
 * - behind one of those: it had none out and shares a partition with one that had. Its sends wait in line for as long
 *   as the other's command is out, and are held to the takeover alone.
 * - all others, held to the takeover. Their sends were handed in after the kill; some of them are given to the dead
 *   before the broker notices.
 *
 * Usual is what 99 of 100 answers came within in the calm second before the kill, but no more than a second: the
 * promise speaks of being slowed. The broker is alone, so its kill concerns everybody, and its bar is how long
 * anybody waits once it is back.
 */
export function reportLines(report: SmokeReport): readonly string[] {
  const { history, violations, costs, comings, unsettled, perSecond } = report;
  const outcomes = Map.groupBy(history.sends, ({ outcome }) => outcome.kind);
  const count = (kind: 'ok' | 'refused' | 'unknown') => outcomes.get(kind)?.length ?? 0;
  const broken = Map.groupBy(violations, ({ invariant }) => invariant);
  return [
    `${history.sends.length} sends: ${count('ok')} ok, ${count('refused')} refused, ${count('unknown')} without an answer; ${perSecond} a second in the end.`,
    `${(quickShare(history) * 100).toFixed(1)} % of the answers came within 5 s.`,
    `${history.log.length} events in the log, ${history.rows.length} rows, ${comings} members removed and let in again.`,
    '',
    ...costTable(costs),
    '',
    ...costs.flatMap((cost) => brokenBars(cost).map((line) => `TOO SLOW, ${cost.victim}: ${line}`)),
    ...unsettled.map((line) => `NOT AT REST: ${line}`),
    ...[...broken].flatMap(([invariant, found]) => [
      `BROKEN, ${found.length} times: ${invariant}`,
      ...found.slice(0, EXAMPLE_COUNT_MAX).map(({ detail }) => `  ${detail}`),
    ]),
  ];
}

export function isGood({ violations, unsettled, costs }: SmokeReport): boolean {
  return violations.length === 0 && unsettled.length === 0 && costs.flatMap(brokenBars).length === 0;
}

const COLUMN_WIDTH = 20;

function costTable(costs: readonly StrikeCost[]): readonly string[] {
  return [
    row(['killed', 'back after', 'usual wait', ...standings.map((standing) => groupNames[standing]), 'bar']),
    ...costs.map((cost) =>
      row([
        cost.victim,
        ms(cost.backAfterMs),
        ms(cost.usualWaitMs),
        ...standings.map((standing) => {
          const { conversationCount, longestWaitMs } = cost.groups[standing];
          return conversationCount === 0 ? 'none' : `${conversationCount}, up to ${ms(longestWaitMs)}`;
        }),
        verdict(cost),
      ]),
    ),
    '',
    ...legend,
    ...costs.filter(({ bar, cpuShare }) => bar === 'takeover' && isOverloaded(cpuShare)).map(overload),
  ];
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell) => cell.padEnd(COLUMN_WIDTH))
    .join(' ')
    .trimEnd();
}

const legend: readonly string[] = [
  'How many conversations, and the longest wait for an answer in them, from the kill to the next one.',
  `${groupNames.out}: a send was handed in before the kill and answered after it.`,
  `${groupNames.behind}: none out, but in one partition with a conversation that had one.`,
  `usual wait: 99 of 100 answers came within it in the ${ms(CALM_MS)} before the kill.`,
  `takeover: nobody waits ${ms(takeoverBar('apart', 1))} longer than usual, with a command out ${ms(takeoverBar('out', 1))};`,
  `  a usual wait counts up to ${ms(USUAL_WAIT_MS_MAX)}.`,
  `return: nobody waits ${ms(RETURN_MS_MAX)} once the victim is back.`,
];

function verdict(cost: StrikeCost): string {
  if (cost.bar === undefined) return 'none';
  return brokenBars(cost).length === 0 ? `${cost.bar}, kept` : `${cost.bar}, BROKEN`;
}

function overload({ victim, cpuShare }: StrikeCost): string {
  const given = `${Math.round(cpuShare * 100)} % of the CPU time that was asked for`;
  const bars = `${ms(takeoverBar('apart', cpuShare))} and ${ms(takeoverBar('out', cpuShare))}`;
  return `OVERLOADED, ${victim}: the machine gave ${given}, less than ${CPU_SHARE_MIN * 100} %, so the bars are ${bars}.`;
}

function quickShare({ sends }: History): number {
  const waits = sends.flatMap(({ submittedAtMs, outcome }) =>
    outcome.kind === 'ok' ? [outcome.atMs - submittedAtMs] : [],
  );
  return waits.filter((wait) => wait <= QUICK_MS_MAX).length / Math.max(1, waits.length);
}

import { describe, expect, test } from 'vitest';

import { isGood, reportLines } from './report.ts';
import type { SmokeReport } from './smoke.ts';
import type { StrikeCost } from './waits.ts';

const cost: StrikeCost = {
  victim: 'message service',
  bar: 'takeover',
  backAfterMs: 1_000,
  cpuShare: 0.9,
  usualWaitMs: 20,
  groups: {
    out: { conversationCount: 3, longestWaitMs: 2_093 },
    behind: { conversationCount: 2, longestWaitMs: 2_055 },
    apart: { conversationCount: 6, longestWaitMs: 98 },
  },
  longestWaitAfterReturnMs: 1_093,
};
const good: SmokeReport = {
  history: { sends: [], log: [], rows: [], devices: [], processes: [] },
  violations: [],
  costs: [cost],
  comings: 0,
  perSecond: 200,
  unsettled: [],
};
const slow: StrikeCost = {
  ...cost,
  groups: { ...cost.groups, behind: { conversationCount: 2, longestWaitMs: 3_100 } },
};

function textOf(report: Partial<SmokeReport>): string {
  return reportLines({ ...good, ...report }).join('\n');
}

describe('the report', () => {
  test('says of a takeover how many conversations it concerned and how, and what these words mean', () => {
    expect(isGood(good)).toBe(true);
    expect(textOf({})).toMatch(/3, up to 2093 ms +2, up to 2055 ms +6, up to 98 ms +takeover, kept/);
    expect(textOf({})).toContain(
      'with a command out: a send was handed in before the kill and answered after it.',
    );
  });

  test('names a takeover that was too slow, and is not good', () => {
    expect(isGood({ ...good, costs: [slow] })).toBe(false);
    expect(textOf({ costs: [slow] })).toContain(
      'TOO SLOW, message service: behind one of those: slowed by 3080 ms',
    );
  });

  test('says where the machine was overloaded, and what that makes of the bars', () => {
    expect(textOf({ costs: [{ ...slow, cpuShare: 0.25 }] })).toContain(
      'OVERLOADED, message service: the machine gave 25 % of the CPU time that was asked for, less than 50 %, so the bars are 6000 ms and 8000 ms.',
    );
  });
});

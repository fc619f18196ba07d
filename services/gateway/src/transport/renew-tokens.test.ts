import { newId, type UserId } from '@parley/contracts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { renewTokens } from './renew-tokens.ts';

const TURN_MS = 60_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function opened() {
  const said: string[] = [];
  const state = { turns: 0, holds: 0 as number | undefined };
  const session = {
    identity: { userId: newId<UserId>('usr') },
    liveSinceMs: undefined as number | undefined,
    emit: (_: string, { token }: { token?: string }) => said.push(token ?? ''),
  };
  const renewing = renewTokens({
    sync: {
      stand: async () => {
        state.turns += 1;
        const token = `turn ${state.turns}`;
        return { for: () => token };
      },
    },
    sessions: { all: () => [session as never] },
    feeds: {
      get holdCount() {
        return state.holds;
      },
    },
    log: {
      warn: (about: object) => {
        throw new Error('a turn failed', { cause: about });
      },
    },
  });
  return { said, state, session, renewing, turn: () => vi.advanceTimersByTimeAsync(TURN_MS) };
}

test('a socket that has heard everything for a turn is given the moment at which that began', async () => {
  const { said, session, renewing, turn } = opened();
  await turn();
  session.liveSinceMs = performance.now() + 1;
  await turn();
  // It has listened since after the first moment only.
  expect(said).toEqual([]);
  await turn();
  await turn();
  expect(said).toEqual(['turn 2', 'turn 3']);
  renewing.stop();
  await turn();
  expect(said).toHaveLength(2);
});

test('nothing is given for a turn in which something may have been missed', async () => {
  const { said, session, state, renewing, turn } = opened();
  session.liveSinceMs = 0;
  await turn();
  state.holds = 1;
  await turn();
  expect(said).toEqual([]);
  state.holds = undefined;
  await turn();
  state.holds = 2;
  await turn();
  expect(said).toEqual([]);
  await turn();
  expect(said).toHaveLength(1);
  renewing.stop();
});

import { expect, test } from 'vitest';

import { Ledger } from './ledger.ts';

const an = 0;
const binh = 1;
const chi = 2;
const hanoi = 0;

function ledgerOfThree() {
  const scenario = { peopleCount: 3, roomCount: 1, roomSize: 3, members: [[an, binh, chi]] };
  const ledger = new Ledger(scenario);
  ledger.beginRun();
  const send = (scheduledAtMs = 0) =>
    ledger.open({ room: hanoi, sender: an, scheduledAtMs, isWarmUp: false });
  return { ledger, send };
}

test('a message that reaches every other member is neither lost nor doubled', () => {
  const { ledger, send } = ledgerOfThree();
  const message = send(100);

  ledger.onAck(message, true, 103);
  for (const person of [an, binh, chi]) ledger.onDelivery({ person, message, seq: 2, atMs: 105 });

  expect(ledger.oldestOpenAgeMs(200)).toBe(0);
  expect(ledger.figures()).toMatchObject({ deliveryCount: 2, lostCount: 0, doubledCount: 0, failedCount: 0 });
  expect(ledger.figures().ack.quantile(1)).toBeCloseTo(3, 0);
});

test('what is acknowledged and does not come is lost', () => {
  const { ledger, send } = ledgerOfThree();
  const message = send();

  ledger.onAck(message, true, 1);
  ledger.onDelivery({ person: binh, message, seq: 2, atMs: 2 });

  expect(ledger.figures().lostCount).toBe(1);
  expect(ledger.oldestOpenAgeMs(50)).toBe(50);
});

test('what comes twice is doubled, what comes late is out of order', () => {
  const { ledger, send } = ledgerOfThree();
  const [first, second, third] = [send(), send(), send()];

  ledger.onDelivery({ person: binh, message: first, seq: 2, atMs: 1 });
  ledger.onDelivery({ person: binh, message: third, seq: 4, atMs: 1 });
  ledger.onDelivery({ person: binh, message: second, seq: 3, atMs: 1 });
  ledger.onDelivery({ person: binh, message: second, seq: 3, atMs: 1 });

  expect(ledger.figures()).toMatchObject({ deliveryCount: 3, outOfOrderCount: 1, doubledCount: 1 });
});

test('a refused message is failed, not lost, and the archive need not have it', () => {
  const { ledger, send } = ledgerOfThree();
  ledger.onAck(send(), false, 1);

  expect(ledger.figures()).toMatchObject({ failedCount: 1, lostCount: 0 });
  expect(ledger.acked).toEqual([]);
});

test('a run does not count what still comes from the one before', () => {
  const { ledger, send } = ledgerOfThree();
  const before = send();
  ledger.beginRun();
  const message = send();

  ledger.onDelivery({ person: binh, message: before, seq: 2, atMs: 1 });
  ledger.onDelivery({ person: binh, message, seq: 3, atMs: 1 });

  expect(ledger.figures()).toMatchObject({ sentCount: 1, deliveryCount: 1 });
});

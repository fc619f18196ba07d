import { expect, test } from 'vitest';

import type { AckOf, PayloadOf } from './connection.ts';
import { DeliveryTeller } from './delivery-teller.ts';

type Batch = PayloadOf<'read_receipts_batch'>;
type Answer = AckOf<'read_receipts_batch'>;

const hanoi = 'cnv_01h455vb4pex5vsknk084sn02q';
const hue = 'cnv_01h455vb4pex5vsknk084sn02r';

/** A server that hears what is told, and answers as it is asked to. */
function server(answerTo: (batch: Batch, count: number) => Answer | Error, toldRead = 0) {
  const heard: string[][] = [];
  const teller = new DeliveryTeller({
    send: async (batch) => {
      heard.push(batch.receipts.map(({ conversationId, upToSeq }) => `${conversationId} ${upToSeq}`));
      const answer = answerTo(batch, heard.length);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    isToldRead: (_, seq) => seq <= toldRead,
    gatherMs: 1,
    random: () => 0,
  });
  return { teller, heard };
}

const yes = ({ receipts }: Batch): Answer =>
  ({ results: receipts.map(({ conversationId }) => ({ conversationId, ok: true })) }) as Answer;
const no = (code: string) => (batch: Batch) =>
  ({ results: batch.receipts.map(({ conversationId }) => ({ conversationId, ok: false, code })) }) as Answer;

async function untilIdle(teller: DeliveryTeller): Promise<void> {
  await expect.poll(() => teller.isIdle, { interval: 1 }).toBe(true);
}

test('a burst in two conversations is one word, with the furthest of each', async () => {
  const { teller, heard } = server(yes);
  teller.open();
  for (const seq of [2, 3, 4]) teller.arrived(hanoi, seq);
  teller.arrived(hue, 7);
  await untilIdle(teller);
  expect(heard).toEqual([[`${hanoi} 4`, `${hue} 7`]]);
});

test('what was told is not told again, nor what lies before it', async () => {
  const { teller, heard } = server(yes);
  teller.open();
  teller.arrived(hanoi, 4);
  await untilIdle(teller);
  teller.arrived(hanoi, 4);
  teller.arrived(hanoi, 3);
  await untilIdle(teller);
  expect(heard).toEqual([[`${hanoi} 4`]]);
});

test('what comes while nobody can be told is told on the next connection', async () => {
  const { teller, heard } = server(yes);
  teller.arrived(hanoi, 4);
  expect(heard).toEqual([]);
  teller.open();
  await untilIdle(teller);
  expect(heard).toEqual([[`${hanoi} 4`]]);
});

test('what is told as read needs no word of its own', async () => {
  const { teller, heard } = server(yes, 4);
  teller.open();
  teller.arrived(hanoi, 4);
  teller.arrived(hue, 5);
  await untilIdle(teller);
  expect(heard).toEqual([[`${hue} 5`]]);
});

test('what was lost on the way, or refused for now, is told again', async () => {
  const { teller, heard } = server((batch, count) => {
    if (count === 1) return new Error('no answer');
    return count === 2 ? no('UNAVAILABLE')(batch) : yes(batch);
  });
  teller.open();
  teller.arrived(hanoi, 4);
  await untilIdle(teller);
  expect(heard).toEqual([[`${hanoi} 4`], [`${hanoi} 4`], [`${hanoi} 4`]]);
});

test('what is refused for good is let go', async () => {
  const { teller, heard } = server(no('NOT_FOUND'));
  teller.open();
  teller.arrived(hanoi, 4);
  await untilIdle(teller);
  expect(heard).toEqual([[`${hanoi} 4`]]);
});

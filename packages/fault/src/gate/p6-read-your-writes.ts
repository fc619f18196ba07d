import { setTimeout as delay } from 'node:timers/promises';

import { newUuidV7 } from '@parley/contracts';

import { gatherPeople, insist, openGroup, type Person, type Room } from '../crowd.ts';
import { atLeast, judge, none } from './bars.ts';
import type { Campaign, Field } from './campaign.ts';
import { type ReadBack, staleReads } from './checks.ts';
import { pauseProjectors } from './pause-projectors.ts';

const PAUSE_MS_MAX = 600;
const BETWEEN_PAUSES_MS_MAX = 400;
/** The new message and little more: each worker has a conversation of its own. */
const PAGE_SIZE = 3;
const sizes = {
  small: { pairCount: 400, workerCount: 16 },
  full: { pairCount: 20_000, workerCount: 32 },
};

const barsOf = (pairCount: number) => ({
  stale: none('stale answers'),
  pairs: atLeast(pairCount, 'pairs of a send and a read that asks for it'),
  pauses: atLeast(1, 'pauses of the projectors'),
  asked: atLeast(1, 'reads asked while the projectors stood still'),
});

/** Who writes by one gateway is read by another person over the other one: by position, whatever the tables do. */
export const readYourWrites: Campaign = {
  promise: 'P6: a read that names a position includes it',
  msMax: { small: 240_000, full: 900_000 },

  async run(field) {
    const { pairCount, workerCount } = sizes[field.isSmall ? 'small' : 'full'];
    const [writer, reader] = await gatherPeople(field.gatewayUrls, { label: 'p6x', peopleCount: 2 });
    if (writer === undefined || reader === undefined) throw new Error('two people are needed');
    try {
      const rooms = await Promise.all(
        Array.from({ length: workerCount }, (_, index) => openGroup(`Sổ ${index}`, [writer, reader])),
      );
      const enough = new AbortController();
      const pauses = { count: 0, isOn: false };
      const pausing = pauseNowAndThen(field, pauses, enough.signal);
      const reads: Read[] = [];
      let started = 0;
      await Promise.all(
        rooms.map(async (room) => {
          while (started < pairCount) {
            started += 1;
            reads.push(await sendThenRead(room, { writer, reader, pauses, number: started }));
          }
        }),
      );
      enough.abort();
      await pausing;
      return judge(barsOf(pairCount), {
        stale: staleReads(reads),
        pairs: reads.length,
        pauses: pauses.count,
        asked: reads.filter(({ wasPaused }) => wasPaused).length,
      });
    } finally {
      for (const { devices } of [writer, reader]) for (const { chat } of devices) chat.close();
    }
  },
};

interface Read extends ReadBack {
  readonly wasPaused: boolean;
}

async function sendThenRead(
  { conversationId }: Room,
  {
    writer,
    reader,
    pauses,
    number,
  }: {
    readonly writer: Person;
    readonly reader: Person;
    readonly pauses: Readonly<Pauses>;
    readonly number: number;
  },
): Promise<Read> {
  const body = { conversationId, clientMessageId: newUuidV7(), content: `lời ${number}` };
  const { position: minPosition, seq } = await insist(() =>
    writer.devices[0].chat.api.call('sendText', { body }),
  );
  // The second device of each stands on the other gateway. It names the position itself, and only that.
  const api = reader.devices[1].chat.api.hasty();
  const params = { id: conversationId };
  // READ_MODEL_BEHIND is definite and no stale answer: whoever hears it asks again.
  const wasPaused = pauses.isOn;
  if (number % 2 === 0) {
    const { lastSeq } = await insist(() => api.call('getConversation', { params, minPosition }));
    return { what: `the list at pair ${number}`, writtenSeq: seq, readSeq: lastSeq, wasPaused };
  }
  const query = { limit: PAGE_SIZE };
  const { data } = await insist(() => api.call('listMessages', { params, query, minPosition }));
  const readSeq = data.find(({ clientMessageId }) => clientMessageId === body.clientMessageId)?.seq ?? 0;
  return { what: `the history at pair ${number}`, writtenSeq: seq, readSeq, wasPaused };
}

interface Pauses {
  count: number;
  isOn: boolean;
}

async function pauseNowAndThen(field: Field, pauses: Pauses, enough: AbortSignal): Promise<void> {
  while (!enough.aborted) {
    await pauseProjectors(field.infra, field.random() * PAUSE_MS_MAX, (isOn) => {
      pauses.isOn = isOn;
    });
    pauses.count += 1;
    await delay(field.random() * BETWEEN_PAUSES_MS_MAX);
  }
}

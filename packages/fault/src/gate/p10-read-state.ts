import { newUuidV7 } from '@parley/contracts';

import { gatherPeople, insist, openGroup, type Person, type Room } from '../crowd.ts';
import { Device } from '../device.ts';
import { pick, type Random } from '../random.ts';
import { atLeast, judge, none } from './bars.ts';
import type { Campaign, Field } from './campaign.ts';
import { type Interleaving, readDifferences } from './checks.ts';

const DEVICE_COUNT = 5;
const MESSAGE_COUNT = 4;
/** How often each device says how far it has read, in each interleaving: late, twice, in any order. */
const READS_PER_DEVICE = 3;
const POLL_MS = 20;
/** When all devices are to show the same; what shows it later than that is shown as it is then. */
const SAME_MS_MAX = 10_000;
const PASSWORD = 'correct horse battery';
const sizes = { small: { roomCount: 20, roundCount: 3 }, full: { roomCount: 100, roundCount: 100 } };

const barsOf = (count: number) => ({
  differences: none('places that show something else than the greatest number, or went back'),
  interleavings: atLeast(count, 'interleavings of five devices'),
  disordered: atLeast(1, 'reads said after a greater one'),
  doubled: atLeast(1, 'reads said twice'),
});

/** Five devices of one person read in any order, twice and late; all show the greatest, and none goes back. */
export const readState: Campaign = {
  promise: 'P10: read state is a maximum, equal on all devices',
  msMax: { small: 240_000, full: 1_200_000 },

  async run(field) {
    const { roomCount, roundCount } = sizes[field.isSmall ? 'small' : 'full'];
    const [writer, reader] = await gatherPeople(field.gatewayUrls, { label: 'p10x', peopleCount: 2 });
    if (writer === undefined || reader === undefined) throw new Error('two people are needed');
    const more: Device[] = [];
    try {
      while (more.length < DEVICE_COUNT - 2) more.push(await anotherDevice(field, more.length));
      const devices = [...reader.devices, ...more];
      const rooms = await Promise.all(
        Array.from({ length: roomCount }, (_, index) => openGroup(`Phòng ${index}`, [writer, reader])),
      );
      const places = rooms.map((room) => new ReadPlace(room, { writer, reader, devices }));
      await Promise.all(places.map((place) => place.isKnown()));
      const interleavings: Interleaving[] = [];
      for (let round = 1; round <= roundCount; round += 1) {
        interleavings.push(
          ...(await Promise.all(places.map((place) => place.interleave(round, field.random)))),
        );
      }
      return judge(barsOf(roomCount * roundCount), {
        differences: readDifferences(interleavings),
        interleavings: interleavings.length,
        disordered: interleavings.reduce((sum, { reads }) => sum + disorderIn(reads), 0),
        doubled: interleavings.reduce((sum, { reads }) => sum + reads.length - new Set(reads).size, 0),
      });
    } finally {
      for (const { chat } of [...writer.devices, ...reader.devices, ...more]) chat.close();
    }
  },
};

function anotherDevice({ gatewayUrls }: Field, index: number): Promise<Device> {
  const account = { username: 'p10x1', password: PASSWORD, displayName: `device ${index + 3}` };
  return insist(() => Device.signIn({ url: gatewayUrls[index % 2 === 0 ? 0 : 1] }, account));
}

function disorderIn(reads: readonly number[]): number {
  return reads.filter((upToSeq, index) => upToSeq < Math.max(0, ...reads.slice(0, index))).length;
}

interface Readers {
  readonly writer: Person;
  readonly reader: Person;
  readonly devices: readonly Device[];
}

/** One conversation, as it is read. */
class ReadPlace {
  readonly #id: string;
  readonly #who: Readers;
  #headSeq = 1;

  constructor({ conversationId }: Room, who: Readers) {
    this.#id = conversationId;
    this.#who = who;
  }

  async isKnown(): Promise<void> {
    await this.#soon(() => this.#who.devices.every((device) => device.cursorIn(this.#id) >= 0));
  }

  /** Something is said, all devices read parts of it in any order, and all come to show the same. */
  async interleave(round: number, random: Random): Promise<Interleaving> {
    const { writer, devices } = this.#who;
    const from = this.#headSeq;
    for (let count = 0; count < MESSAGE_COUNT; count += 1) {
      const body = { conversationId: this.#id, clientMessageId: newUuidV7(), content: `lời ${count}` };
      const sent = await insist(() => writer.devices[0].chat.api.call('sendText', { body }));
      this.#headSeq = sent.seq;
    }
    const news = Array.from({ length: this.#headSeq - from }, (_, index) => from + index + 1);
    const steps = Object.fromEntries(
      devices.map((device, index) => [this.#nameOf(index), [this.#shownBy(device)]]),
    );
    const forget = devices.map((device, index) =>
      device.chat.subscribe(() => steps[this.#nameOf(index)]?.push(this.#shownBy(device))),
    );
    const reads: number[] = [];
    await Promise.all(devices.map((device) => this.#reads(device, { news, random, reads })));
    const greatest = Math.max(...reads);
    await this.#soon(() => devices.every((device) => this.#shownBy(device) === greatest));
    const shown = Object.fromEntries(
      devices.map((device, index) => [this.#nameOf(index), this.#shownBy(device)]),
    );
    for (const stop of forget) stop();
    const what = `round ${round} of ${this.#id}`;
    return { what, reads, shown: { ...shown, ...(await this.#shownElsewhere(greatest)) }, steps };
  }

  /**
   * The person reads on a device, and the device says it; what it has said by another way as well comes in before and
   * after that, smaller or the same again.
   */
  async #reads(
    { chat }: Device,
    {
      news,
      random,
      reads,
    }: { readonly news: readonly number[]; readonly random: Random; readonly reads: number[] },
  ): Promise<void> {
    const own = Array.from({ length: READS_PER_DEVICE }, () => pick(random, news));
    const at = pick(random, [...own.keys()]);
    for (const [index, upToSeq] of own.entries()) {
      if (index === at) {
        reads.push(Math.max(...own));
        chat.conversation(this.#id)?.markRead(Math.max(...own));
      }
      reads.push(upToSeq);
      await insist(() => chat.api.call('markRead', { body: { conversationId: this.#id, upToSeq } }));
    }
  }

  /** What the lists say, and what the others are told, once their tables have come so far. */
  async #shownElsewhere(greatest: number): Promise<Readonly<Record<string, number>>> {
    const { reader, writer } = this.#who;
    const params = { id: this.#id };
    const listOf = async () =>
      (await reader.devices[0].chat.api.call('getConversation', { params })).readUpToSeq;
    const othersHave = async () => {
      const { data } = await writer.devices[1].chat.api.call('listReadPositions', { params });
      return data.find(({ userId }) => userId === reader.userId)?.upToSeq ?? 0;
    };
    return { list: await settled(listOf, greatest), others: await settled(othersHave, greatest) };
  }

  #shownBy(device: Device): number {
    return device.chat.conversation(this.#id)?.state.readUpToSeq ?? 0;
  }

  #nameOf(index: number): string {
    return `device ${index + 1}`;
  }

  async #soon(isSo: () => boolean): Promise<void> {
    await settled(async () => (isSo() ? 1 : 0), 1);
  }
}

/** Asks until it is as it is to be, and no longer than it may take. */
async function settled(ask: () => Promise<number>, wanted: number): Promise<number> {
  const deadline = performance.now() + SAME_MS_MAX;
  for (;;) {
    const found = await insist(ask);
    if (found === wanted || performance.now() > deadline) return found;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

import { isDeepStrictEqual } from 'node:util';

import { newUuidV7 } from '@parley/contracts';
import {
  type NumberedEvent,
  type Person,
  type Place,
  story as test,
  until,
  type World,
} from '@parley/testing';
import { describe, expect } from 'vitest';

const TRY_COUNT = 50;
const THREE_HOURS_MS = 3 * 3_600_000;
/** More than a conversation's fold remembers of its sends. */
const FORGETTING_COUNT = 1_150;
const AT_ONCE = 8;

interface Send {
  readonly sender: Person;
  readonly place: Place;
  readonly clientMessageId: string;
}

/** The same send many times at once, over both gateways, and each answer that a try got. */
async function tryAtOnce({ sender, place, clientMessageId }: Send, content: string) {
  const { conversationId } = place;
  // Fresh ones, each on the other gateway: so many tries use a socket's budget up.
  const devices = [await sender.takesAnotherDevice(), await sender.takesAnotherDevice()];
  const tries = Array.from({ length: TRY_COUNT }, async (_, index) => {
    const device = devices[index % devices.length];
    const answer = await device?.chat.connection.request('send_message', {
      conversationId,
      clientMessageId,
      content,
    });
    return [answer?.message, answer?.seq];
  });
  const answers = await Promise.all(tries);
  // The order of fields says nothing, and a database does not keep it.
  return answers.filter(
    (one, index) => answers.findIndex((other) => isDeepStrictEqual(one, other)) === index,
  );
}

/** The one event of a send. */
async function storedEvent(world: World, { place, clientMessageId }: Send): Promise<NumberedEvent> {
  const sent = (await world.logOf(place)).filter(
    (event) => event.type === 'message.sent' && event.data.clientMessageId === clientMessageId,
  );
  expect(sent.length).toBe(1);
  return sent[0] as NumberedEvent;
}

async function storedOnce(world: World, send: Send): Promise<void> {
  const { position } = await storedEvent(world, send);
  const rows = await until({
    look: async () => {
      const history = await send.sender.history(send.place, `conv-${position}`);
      const own = history.filter((message) => message.clientMessageId === send.clientMessageId);
      return own.length > 0 ? own : undefined;
    },
    instead: () => 'the message has no row',
  });
  expect(rows.length).toBe(1);
}

async function expectOtherWordsRefused({ sender, place, clientMessageId }: Send) {
  const body = { conversationId: place.conversationId, clientMessageId, content: 'Tạm biệt' };
  const refusal = { code: 'IDEMPOTENCY_MISMATCH', definite: true };
  await expect(sender.api.call('sendText', { body })).rejects.toMatchObject(refusal);
  await expect(sender.device.chat.connection.request('send_message', body)).rejects.toMatchObject(refusal);
}

describe('one message per send', () => {
  test('fifty tries at once are one message, also after a restart and when the broker has forgotten', async ({
    world,
  }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    const send = { sender: an, place: hanoi, clientMessageId: newUuidV7() };

    const first = await tryAtOnce(send, 'Chào em');
    expect(first).toHaveLength(1);
    await world.levers.pull('message-1', 'restart');
    await world.levers.pull('message-2', 'restart');
    expect(await tryAtOnce(send, 'Chào em')).toEqual(first);
    await world.brokerForgets(await storedEvent(world, send));
    expect(await tryAtOnce(send, 'Chào em')).toEqual(first);

    await expectOtherWordsRefused(send);
    await storedOnce(world, send);
    await expect(binh).toSee(['Chào em'], { in: hanoi });
  });

  test('other words under the same id are refused', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    const { clientMessageId } = await an.says('Chào em', { in: hanoi });

    await expectOtherWordsRefused({ sender: an, place: hanoi, clientMessageId });
  });

  test('an id that somebody else has used makes a message of one’s own', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    const body = { conversationId: hanoi.conversationId, clientMessageId: newUuidV7(), content: 'Chào' };
    const ofAn = await an.api.call('sendText', { body });
    const ofBinh = await binh.api.call('sendText', { body: { ...body, content: 'Chào anh' } });

    expect(ofBinh.message.messageId).not.toBe(ofAn.message.messageId);
    expect([ofAn.seq, ofBinh.seq]).toEqual([2, 3]);
  });

  test('a retry is recognised by the tables when the log’s fold and the broker have forgotten it', async ({
    world,
  }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    // The second is from a phone that lay in a drawer: older than anything that a fold reads of the log.
    const ids = [newUuidV7(), newUuidV7(Date.now() - THREE_HOURS_MS)];
    const sends = ids.map((clientMessageId) => ({ sender: an, place: hanoi, clientMessageId }));
    const first: (readonly unknown[])[] = [];
    for (const send of sends) {
      first.push(await tryAtOnce(send, 'Gửi lúc sáng'));
      await world.brokerForgets(await storedEvent(world, send));
    }
    await fill(hanoi, [an, binh]);

    for (const [index, send] of sends.entries()) {
      expect(first[index]?.length).toBe(1);
      expect(await tryAtOnce(send, 'Gửi lúc sáng')).toEqual(first[index]);
      await expectOtherWordsRefused(send);
      await storedEvent(world, send);
    }
  });

  test('an id from the future is refused, so that the time in ids can be trusted', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const { conversationId } = await an.startsDirect(binh);
    const body = { conversationId, clientMessageId: newUuidV7(Date.now() + 600_000), content: 'mai' };

    await expect(an.api.call('sendText', { body })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: { reason: 'client-clock-ahead' },
    });
  });
});

/** Says so much that what was said before is only to be found in the tables. */
async function fill({ conversationId }: Place, people: readonly Person[]): Promise<void> {
  let said = 0;
  const speakers = Array.from({ length: AT_ONCE }, async (_, index) => {
    const person = people[index % people.length];
    while (said < FORGETTING_COUNT) {
      said += 1;
      await person?.api.call('sendText', {
        body: { conversationId, clientMessageId: newUuidV7(), content: `lời ${said}` },
      });
    }
  });
  await Promise.all(speakers);
}

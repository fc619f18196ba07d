import { type MessageView, newUuidV7, wordsOf } from '@parley/contracts';
import { type Person, type Place, story as test, until, WAIT_MS_MAX } from '@parley/testing';
import { describe, expect } from 'vitest';

import { rawSocket, type Transport } from './raw.ts';

const SEND_COUNT = 28;
/** Around the lengths at which a frame's head grows, and much longer than one read. */
const TEXT_LENGTHS = [1, 40, 60, 126, 3_000, 9_000];

/** What was acknowledged, or has come: in which conversation, under which number, with which words. */
type Line = readonly [conversationId: string, seq: number, text: string];

describe('a gateway with much to write at once', () => {
  test('says everything to everybody, in order, as it was sent and answered', async ({ world }) => {
    const people = await world.people('An', 'Bình', 'Chi', 'Dũng', 'Em', 'Giang');
    const [an, ...others] = people;
    const places = [
      await an.startsGroup('Hà Nội', { with: others }),
      await an.startsGroup('Huế', { with: others }),
    ];
    for (const { device } of others) await Promise.all(places.map((place) => device.at(place)));
    const wires: readonly Transport[] = ['websocket', 'websocket', 'polling'];
    const talkers = await Promise.all(
      people.map((person, index) =>
        connect(person, { url: world.gatewayUrl(index), wire: wires[index % wires.length] ?? 'websocket' }),
      ),
    );

    const sent = (await Promise.all(talkers.map((talker) => talker.sendsTo(places)))).flat();

    for (const { conversationId } of places) {
      const said = sent.filter(([place]) => place === conversationId).toSorted(([, a], [, b]) => a - b);
      // The first number is that of the group's start.
      expect(said.map(([, seq]) => seq)).toEqual(said.map((_, index) => index + 2));
      for (const { arrivedIn } of talkers) {
        await until({
          look: () => (arrivedIn(conversationId).length >= said.length ? true : undefined),
          instead: () => `only ${arrivedIn(conversationId).length} of ${said.length} have come`,
        });
        expect(arrivedIn(conversationId)).toEqual(said);
      }
    }
    for (const talker of talkers) talker.close();
  });
});

/** Without the SDK, which would put in order what comes in another one. */
async function connect(
  { name, device }: Person,
  { url, wire }: { readonly url: string; readonly wire: Transport },
) {
  const socket = await rawSocket(url, { token: device.tokens.accessToken }, { transport: wire });
  const arrived: Line[] = [];
  socket.on('new_message', ({ message }: { readonly message: MessageView }) => {
    arrived.push([message.conversationId, message.seq, wordsOf(message.content)]);
  });

  const send = async ({ conversationId }: Place, text: string): Promise<Line> => {
    const sending = { conversationId, clientMessageId: newUuidV7(), type: 'text', content: text };
    const answer: unknown = await socket.timeout(WAIT_MS_MAX).emitWithAck('send_message', sending);
    expect(answer).toMatchObject({ ok: true, data: { message: { conversationId } } });
    return [conversationId, (answer as { readonly data: { readonly seq: number } }).data.seq, text];
  };
  return {
    arrivedIn: (conversationId: string) => arrived.filter(([place]) => place === conversationId),
    sendsTo: (places: readonly Place[]) => {
      const texts = Array.from({ length: SEND_COUNT }, (_, index) => textOf(name, index));
      return Promise.all(texts.map((text, index) => send(places[index % places.length] as Place, text)));
    },
    close: () => void socket.disconnect(),
  };
}

function textOf(name: string, index: number): string {
  return `${name} ${index}`.padEnd(TEXT_LENGTHS[index % TEXT_LENGTHS.length] ?? 1, ' ở 上海.');
}

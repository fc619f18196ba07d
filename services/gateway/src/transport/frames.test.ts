import type { Writable } from 'node:stream';

import { type ConversationId, newId } from '@parley/contracts';
import { Decoder } from 'socket.io-parser';
import { describe, expect, test } from 'vitest';
import * as ws from 'ws';

import { encodeAnswer, encodeFrame } from './frames.ts';

// The library exports its reader, but its types do not say so.
const { Receiver } = ws as unknown as { Receiver: new (options: { isServer: boolean }) => Writable };

/** What a client's WebSocket library makes of the bytes. */
async function received(bytes: Buffer): Promise<string> {
  const receiver = new Receiver({ isServer: false });
  const message = new Promise<string>((resolve, reject) => {
    receiver.on('message', (data: Buffer) => resolve(data.toString()));
    receiver.on('error', reject);
  });
  receiver.write(bytes);
  return message;
}

describe('a frame', () => {
  test.each([10, 125, 126, 127, 65_535 - 100, 65_536, 200_000])(
    'with %d characters is read by a WebSocket as the packet',
    async (length) => {
      const frame = encodeFrame('error', { code: 'x'.repeat(length) });
      expect(await received(frame.bytes)).toBe(frame.packet);
    },
  );

  test('with an answer is read by a WebSocket and the socket.io parser as what was asked for', async () => {
    const answered: unknown[] = [];
    const decoder = new Decoder();
    decoder.on('decoded', ({ nsp, id, data }) => {
      answered.push([nsp, id, data]);
    });
    const { packet, bytes } = encodeAnswer(17, { ok: true, data: { text: 'tiếng Việt 上海 👋' } });
    expect(await received(bytes)).toBe(packet);
    decoder.add(packet.slice(1));
    expect(answered).toEqual([['/chat', 17, [{ ok: true, data: { text: 'tiếng Việt 上海 👋' } }]]]);
  });

  test('is read by the socket.io parser as the event, accents and all', () => {
    const removed = { conversationId: newId<ConversationId>('cnv'), seq: 7, reason: 'left' } as const;
    const decoded: unknown[] = [];
    const decoder = new Decoder();
    decoder.on('decoded', ({ nsp, data }) => {
      decoded.push([nsp, data]);
    });
    decoder.add(encodeFrame('conversation_removed', removed).packet.slice(1));
    decoder.add(encodeFrame('error', { code: 'tiếng Việt 上海 👋' }).packet.slice(1));
    expect(decoded).toEqual([
      ['/chat', ['conversation_removed', removed]],
      ['/chat', ['error', { code: 'tiếng Việt 上海 👋' }]],
    ]);
  });
});

import { newId, newUuidV7, type ServerEventOf, type SyncedConversation } from '@parley/contracts';
import { story as test } from '@parley/testing';
import { describe, expect } from 'vitest';

import { resigned, syncAll } from './missed.ts';
import { answerTo, rawSocket, refusalOfHandshake } from './raw.ts';

describe('a token at the handshake', () => {
  test('what was missed comes before what is live, each number once, while others go on', async ({
    world,
  }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const { token: syncToken } = await syncAll(binh);
    for (let number = 1; number <= 5; number += 1) await an.says(`lỡ ${number}`, { in: hanoi });
    const saying = Promise.all(
      [1, 2, 3, 4, 5, 6, 7, 8].map((number) => an.says(`ngay ${number}`, { in: hanoi })),
    );

    const { accessToken, deviceId } = binh.device.tokens;
    const seqs: number[] = [];
    let isComplete = false;
    let liveBefore = 0;
    const socket = await rawSocket(
      world.gatewayUrl(0),
      { token: accessToken, deviceId, syncToken },
      {
        onEvent: (name, said) => {
          if (name === 'sync_messages') {
            seqs.push(...(said as SyncedConversation).messages.map(({ seq }) => seq));
          }
          if (name === 'sync_complete') {
            const { token, hasMore } = said as ServerEventOf<'sync_complete'>;
            isComplete = token !== undefined && hasMore === false;
          }
          if (name !== 'new_message') return;
          if (!isComplete) liveBefore += 1;
          seqs.push((said as ServerEventOf<'new_message'>).message.seq);
        },
      },
    );
    await saying;
    await expect.poll(() => [isComplete, seqs.length]).toEqual([true, 13]);
    expect(liveBefore).toBe(0);
    expect(seqs).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    socket.disconnect();
  });

  test('of another device or person, or of none, does not connect', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const { token } = await syncAll(an);
    const { accessToken } = binh.device.tokens;
    const refused = (auth: object) =>
      refusalOfHandshake(world.gatewayUrl(0), { token: accessToken, ...auth });
    expect(await refused({ deviceId: newId('dev') })).toBe('FORBIDDEN');
    for (const syncToken of [token, `${token}A`, token.slice(0, -1), 'x', '', 7, 'x'.repeat(2_000)]) {
      expect(await refused({ syncToken })).toBe('VALIDATION_FAILED');
    }
  });
});

describe('a token that cannot be gone on from', () => {
  test('of a stream that was made anew, or that ends before it, everything is given from the start', async ({
    world,
  }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const { token } = await syncAll(binh);
    const natsUrl = world.system.infra.natsUrls['gateway'] ?? '';
    const otherEpoch = resigned(token, natsUrl, ([version, who, , ...rest]) => [
      version,
      who,
      ['2020-01-01T00:00:00Z', '2020-01-01T00:00:00Z'],
      ...rest,
    ]);
    const ahead = resigned(token, natsUrl, ([version, who, epochs, , ...rest]) => [
      version,
      who,
      epochs,
      [2 ** 50, 1],
      ...rest,
    ]);
    for (const [given, resyncRequired] of [
      [otherEpoch, 'EPOCH'],
      [ahead, 'GAP'],
    ] as const) {
      const found = await syncAll(binh, given);
      expect(found.resyncRequired).toBe(resyncRequired);
      expect(found.messages).toMatchObject([{ conversationId: hanoi.conversationId, isSnapshot: true }]);
      expect((await syncAll(binh, found.token)).messages).toEqual([]);
    }
    const otherVersion = resigned(token, natsUrl, ([, ...rest]) => [2, ...rest]);
    await expect(syncAll(binh, otherVersion)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  test('forged, cut, foreign, empty or too long, or with what does not belong: refused', async ({
    world,
  }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const { token: foreign } = await syncAll(an);
    const { token } = await syncAll(binh);
    const forged = resigned(token, 'nats://gateway:guess@host', (inside) => inside);
    const bad = [
      foreign,
      forged,
      token.slice(0, -2),
      `${token}AA`,
      '',
      ' ',
      'a.b',
      'x'.repeat(2_000),
      null,
      7,
      {},
    ];
    const { accessToken } = binh.device.tokens;
    const socket = await rawSocket(world.gatewayUrl(0), { token: accessToken });
    for (const one of bad) {
      for (const name of ['sync_request', 'device_connect']) {
        expect(await answerTo(socket, name, [{ token: one }])).toBe('VALIDATION_FAILED');
      }
    }
    for (const one of bad.filter((each) => typeof each === 'string')) {
      await expect(binh.api.call('sync', { query: { token: one } })).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
      });
    }
    for (const payload of [
      { token, cursors: {} },
      { token, ownPosition: 'user-1' },
      { token, limit: 0 },
      { token, limit: 1_001 },
      { cursors: {}, limit: 101 },
      { token, unknown: true },
      { token, deviceId: newUuidV7() },
      null,
      [],
      'token',
    ]) {
      expect(await answerTo(socket, 'sync_request', [payload])).toBe('VALIDATION_FAILED');
    }
    expect(await answerTo(socket, 'sync_request', [{ token }])).toBe('ok');
    expect(await answerTo(socket, 'sync_request', [{ cursors: {} }])).toBe('ok');
    socket.disconnect();
  });
});

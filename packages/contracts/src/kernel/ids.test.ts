import { describe, expect, test } from 'vitest';

import {
  ConversationId,
  formatId,
  newId,
  newUuidV7,
  Tenant,
  UserId,
  uuidV7Bytes,
  uuidV7TimeMs,
} from '../index.ts';

describe('ids', () => {
  test('a fresh id passes its own check', () => {
    expect(UserId.safeParse(newId('usr')).success).toBe(true);
  });

  test('ids sort by the time they were made', async () => {
    const earlier = newId('msg');
    await new Promise((resolve) => setTimeout(resolve, 3));
    expect(newId('msg') > earlier).toBe(true);
  });

  test('many fresh ids are all different', () => {
    const ids = Array.from({ length: 1_000 }, () => newId('msg'));
    expect(new Set(ids).size).toBe(1_000);
  });

  test.each([
    [0, 0, 'x_0000000000e008000000000000'],
    [1_763_683_200_123, 0xa5, 'x_01kahvbv3vepjtb9d5mpjtb9d5'],
    [2 ** 48 - 1, 0xff, 'x_7zzzzzzzzzfzzvzzzzzzzzzzzz'],
  ])('%d ms are written as ever', (timeMs, byte, id) => {
    expect(formatId('x', uuidV7Bytes(timeMs, new Uint8Array(10).fill(byte)))).toBe(id);
  });

  test('a UUIDv7 carries its time', () => {
    expect(uuidV7TimeMs(newUuidV7(1_763_683_200_123))).toBe(1_763_683_200_123);
  });

  test.each([
    '*',
    '>',
    'a.*',
    '..',
    'cnv_1',
    'CNV_01h455vb4pex5vsknk084sn02q',
    ' cnv_01h455vb4pex5vsknk084sn02q',
    `cnv_${'0'.repeat(5_000)}`,
    'cnv_01h455vb4pex5vsknk084sn02\u00fc',
    '$JS.API.STREAM.DELETE.EVT_CONV',
  ])('%j is no conversation', (id) => {
    expect(ConversationId.safeParse(id).success).toBe(false);
  });

  test('a tenant is one subject token', () => {
    expect(Tenant.safeParse('main.>').success).toBe(false);
  });
});

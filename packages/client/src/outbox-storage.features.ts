import { beforeEach, describe, expect, test } from 'vitest';

import type { OutboxItem, OutboxStorage } from './outbox-storage.ts';

/** A place to keep things that outlives whoever opened it. */
export interface OutboxShelf {
  /** Opens it as a program does that has just started. */
  readonly open: () => OutboxStorage;
}

export const itemNamed = (localId: string): OutboxItem => ({
  localId,
  clientMessageId: localId,
  conversationId: 'cnv_01h455vb4pex5vsknk084sn02q',
  senderId: 'usr_01h455vb4pex5vsknk084sn02q',
  content: { type: 'text', text: `phở ${localId}` },
  createdAt: '2026-11-21T12:00:00.000Z',
});

/** What every storage for an outbox does. */
export function describeOutboxStorage(name: string, shelf: () => OutboxShelf | Promise<OutboxShelf>): void {
  describe(`an outbox kept ${name}`, () => {
    let open: OutboxShelf['open'];
    beforeEach(async () => {
      ({ open } = await shelf());
    });
    const kept = async () => (await open().load()).map(({ localId }) => localId);

    test('is empty at first', async () => {
      expect(await kept()).toEqual([]);
    });

    test('is there after a restart, in the order in which it was put, whole', async () => {
      const before = open();
      for (const localId of ['c', 'a', 'b']) await before.put(itemNamed(localId));
      expect(await open().load()).toEqual([itemNamed('c'), itemNamed('a'), itemNamed('b')]);
    });

    test('what is put again stays in its place', async () => {
      const before = open();
      for (const localId of ['a', 'b']) await before.put(itemNamed(localId));
      const again = { ...itemNamed('a'), clientMessageId: 'other' };
      await open().put(again);
      expect(await open().load()).toEqual([again, itemNamed('b')]);
    });

    test('what is removed is gone, and removing it again is nothing', async () => {
      const before = open();
      for (const localId of ['a', 'b', 'c']) await before.put(itemNamed(localId));
      await before.remove('b');
      await open().remove('b');
      expect(await kept()).toEqual(['a', 'c']);
    });

    test('goes on behind what was there before', async () => {
      await open().put(itemNamed('z'));
      const after = open();
      await after.put(itemNamed('a'));
      await after.remove('z');
      await after.put(itemNamed('y'));
      expect(await kept()).toEqual(['a', 'y']);
    });
  });
}

import { expect, test } from 'vitest';

import { sharedLook } from './shared-look.ts';

test('who asks during a look gets the next one, with all others who do', async () => {
  const looks: PromiseWithResolvers<number>[] = [];
  const ask = sharedLook(() => {
    const look = Promise.withResolvers<number>();
    looks.push(look);
    return look.promise;
  });
  const first = ask();
  await Promise.resolve();
  expect(looks).toHaveLength(1);
  const later = [ask(), ask()];
  looks[0]?.resolve(1);
  await expect(first).resolves.toBe(1);
  await expect.poll(() => looks.length).toBe(2);
  looks[1]?.resolve(2);
  await expect(Promise.all(later)).resolves.toEqual([2, 2]);
});

test('a look that fails fails for those who asked for it, and the next one is made', async () => {
  let count = 0;
  const ask = sharedLook(async () => {
    count += 1;
    if (count === 1) throw new Error('away');
    return count;
  });
  await expect(ask()).rejects.toThrow('away');
  await expect(ask()).resolves.toBe(2);
});

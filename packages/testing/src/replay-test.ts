import type { RecordedEvent } from '@parley/contracts';
import type { Projection } from '@parley/event-sourcing';
import { hashProjection, type Migrations, resetProjection } from '@parley/postgres';
import { describe, expect } from 'vitest';

import { databaseTest } from './database-test.ts';
import { runInBatches, runProjection } from './run-projection.ts';

type AnyEvent = { readonly type: string; readonly data: unknown };

/** The promise of every projection: its tables are a function of the history, however often and in whatever batches it comes. */
export function describeReplay<Event extends AnyEvent, Db>(
  projection: Projection<Event, Db>,
  given: { readonly migrations: Migrations; readonly history: readonly RecordedEvent<Event>[] },
): void {
  const { migrations, history } = given;
  const test = databaseTest<Db>(migrations);

  describe(`replaying the history of ${projection.name}`, () => {
    test('changes nothing when the same events are delivered again', async ({ db }) => {
      await runProjection(db, projection, history);
      const first = await hashProjection(db, projection);
      expect(first.hashes.size).toBeGreaterThan(0);
      await runProjection(db, projection, history);
      expect(await hashProjection(db, projection)).toEqual(first);
    });

    test('gives the same tables after a reset', async ({ db }) => {
      await runProjection(db, projection, history);
      const first = await hashProjection(db, projection);
      await resetProjection(db, projection.name);
      await runProjection(db, projection, history);
      expect(await hashProjection(db, projection)).toEqual(first);
    });

    test('gives the same tables in batches of any size', async ({ db }) => {
      await runProjection(db, projection, history);
      const first = await hashProjection(db, projection);
      for (const batchSize of [1, 2, 7]) {
        await resetProjection(db, projection.name);
        await runInBatches(db, projection, { history, batchSize });
        expect(await hashProjection(db, projection)).toEqual(first);
      }
    });
  });
}

import {
  attachFiles,
  type ConversationId,
  type FileId,
  getFile,
  type MessageId,
  newId,
  registerFile,
  type Tenant,
  type UserId,
} from '@parley/contracts';
import { type AskContract, applyTopology, askQuery, connectNats } from '@parley/jetstream';
import { startInfra } from '@parley/local';
import { migrateSchema } from '@parley/postgres';
import { startService } from '@parley/service-kit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { z } from 'zod';

import { fileModule } from '../src/file.module.ts';
import { migrations } from '../src/storage/migrations/index.ts';

const ANSWER_TIMEOUT_MS = 5_000;

/** The service alone over its own broker and database, asked as the gateway asks it. */
async function startWorld() {
  const infra = await startInfra();
  const admin = await connectNats({ url: infra.nats.url('admin'), name: 'test' });
  await applyTopology(admin);
  await migrateSchema({ adminUrl: infra.postgres.url('admin'), schema: 'file', migrations });
  const environment = {
    NATS_URL: infra.nats.url('file'),
    DATABASE_URL: infra.postgres.url('file'),
    INSTANCE: 'file-test',
    LOG_LEVEL: 'silent',
  };
  const service = await startService(fileModule, environment, (error) => {
    throw error;
  });
  const gateway = await connectNats({ url: infra.nats.url('gateway'), name: 'test' });
  return {
    gateway,
    async stop() {
      await service.stop();
      await gateway.close();
      await admin.close();
      await infra.stop();
    },
  };
}

let world: Awaited<ReturnType<typeof startWorld>>;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const an: UserId = newId('usr');
const binh: UserId = newId('usr');
const picture = { name: 'hồ gươm.jpg', sizeBytes: 204_800, mediaType: 'image/jpeg' };

function ask<const C extends AskContract>(
  contract: C,
  data: z.input<C['input']>,
  { by, position }: { readonly by: UserId; readonly position?: string },
) {
  const meta = { tenant: 'main' as Tenant, actorId: by, correlationId: 'test', minPosition: position };
  return askQuery(world.gateway, contract, { data, meta, timeoutMs: ANSWER_TIMEOUT_MS });
}

const to = (messageId: MessageId) => ({ conversationId: newId<ConversationId>('cnv'), messageId });

async function registers(by: UserId): Promise<{ readonly fileId: FileId; readonly position: string }> {
  const fileId = newId<FileId>('fil');
  const outcome = await ask(registerFile, { fileId, ...picture }, { by });
  if (outcome.kind !== 'ok') throw new Error(`it was not registered: ${JSON.stringify(outcome)}`);
  return { fileId, position: outcome.position ?? '' };
}

test('a file is its owner’s as soon as it is registered, and the same again for a retry', async () => {
  const { fileId, position } = await registers(an);

  const found = await ask(getFile, { userId: an, fileId }, { by: an, position });
  expect(found).toMatchObject({ kind: 'ok', answer: { ...picture, fileId, ownerId: an, isAttached: false } });
  const again = await ask(registerFile, { fileId, ...picture }, { by: an });
  expect(again).toEqual({ ...found, position });
});

test('of messages that want one file at once, one gets it, however often each asks', async () => {
  const { fileId } = await registers(an);
  const messages = Array.from({ length: 8 }, () => to(newId('msg')));
  const asked = [...messages, ...messages];

  const outcomes = await Promise.all(
    asked.map((message) => ask(attachFiles, { ...message, fileIds: [fileId] }, { by: an })),
  );

  const winners = asked
    .filter((_, index) => outcomes[index]?.kind === 'ok')
    .map(({ messageId }) => messageId);
  expect(winners).toHaveLength(2);
  expect(new Set(winners).size).toBe(1);
  const refusals = outcomes.flatMap((outcome) => (outcome.kind === 'refused' ? [outcome.rejection] : []));
  expect(new Set(refusals)).toEqual(new Set(['file-already-attached']));
  expect(refusals).toHaveLength(14);
});

test('all or none: a message that is refused one file takes none', async () => {
  const [first, second] = [await registers(an), await registers(binh)];
  const fileIds = [first.fileId, second.fileId];
  const refused = await ask(attachFiles, { ...to(newId('msg')), fileIds }, { by: an });
  expect(refused).toMatchObject({ kind: 'refused', rejection: 'file-not-found' });

  const taken = await ask(attachFiles, { ...to(newId('msg')), fileIds: [first.fileId] }, { by: an });
  expect(taken).toMatchObject({ kind: 'ok', answer: { files: [{ fileId: first.fileId, ...picture }] } });
});

test('whether others see it cannot be told while nobody knows where it is shown', async () => {
  const { fileId, position } = await registers(an);
  expect(await ask(getFile, { userId: binh, fileId }, { by: binh, position })).toEqual({
    kind: 'failed',
    fault: 'unavailable',
  });
});

import type { FileEvent, FileId, MessageId } from '@parley/contracts';
import {
  an,
  binh,
  chronicle,
  databaseTest,
  describeReplay,
  hanoi,
  runProjection,
  timeOf,
} from '@parley/testing';
import { expect } from 'vitest';

import { getFile } from '../queries/get-file.query.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { FileDb } from '../storage/schema.ts';
import { files } from './files.projection.ts';

const test = databaseTest<FileDb>(migrations);

const picture = 'fil_00000000000000000000000001' as FileId;
const menu = 'fil_00000000000000000000000002' as FileId;
const messageId = 'msg_00000000000000000000000001' as MessageId;

const { events: history } = chronicle<FileEvent>()
  .record(picture, an, {
    type: 'file.registered',
    data: {
      fileId: picture,
      name: 'hồ gươm "đẹp".jpg',
      sizeBytes: 204_800,
      mediaType: 'image/jpeg',
      width: 800,
      height: 600,
    },
  })
  .record(menu, binh, {
    type: 'file.registered',
    data: { fileId: menu, name: 'thực đơn.pdf', sizeBytes: 1, mediaType: 'application/pdf' },
  })
  .record(picture, an, {
    type: 'file.attached',
    data: { fileId: picture, messageId, conversationId: hanoi },
  });

test('shows each file as it was described, and whether a message has it', async ({ db }) => {
  await runProjection(db, files, history);

  expect(await getFile(db, picture)).toEqual({
    fileId: picture,
    ownerId: an,
    name: 'hồ gươm "đẹp".jpg',
    sizeBytes: 204_800,
    mediaType: 'image/jpeg',
    kind: 'image',
    width: 800,
    height: 600,
    registeredAt: timeOf(1),
    isAttached: true,
  });
  expect(await getFile(db, menu)).toMatchObject({ ownerId: binh, kind: 'document', isAttached: false });
  expect(await getFile(db, 'fil_00000000000000000000000003' as FileId)).toBeUndefined();
});

describeReplay(files, { migrations, history });

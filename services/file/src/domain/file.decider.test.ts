import {
  type CommandMeta,
  type ConversationId,
  FILE_SIZE_BYTES_MAX,
  type FileEvent,
  type FileId,
  type MessageId,
  newId,
  type Tenant,
  timestampOf,
  type UserId,
} from '@parley/contracts';
import { type PastEvent, specFor } from '@parley/event-sourcing';
import { describe, expect, test } from 'vitest';

import { file } from './file.decider.ts';

const an: UserId = newId('usr');
const binh: UserId = newId('usr');
const fileId: FileId = newId('fil');
const hanoi: ConversationId = newId('cnv');
const greeting: MessageId = newId('msg');
const eight = timestampOf(Date.parse('2026-11-21T08:00:00.000Z'));

const { given } = specFor(file);

const picture = { fileId, name: 'hồ gươm.jpg', sizeBytes: 204_800, mediaType: 'image/jpeg' };
const registeredByAn: PastEvent<FileEvent> = { type: 'file.registered', data: picture, by: an };
const attached: PastEvent<FileEvent> = {
  type: 'file.attached',
  data: { fileId, messageId: greeting, conversationId: hanoi },
};

function metaOf(actorId: UserId): CommandMeta {
  return { commandId: 'command', tenant: 'main' as Tenant, actorId, at: eight, correlationId: 'request' };
}

const register = (by: UserId, data: Partial<typeof picture> = {}) =>
  ({ type: 'file.register', data: { ...picture, ...data }, meta: metaOf(by) }) as const;

const attach = (by: UserId, data: { messageId?: MessageId; kind?: 'image' | 'video' } = {}) =>
  ({
    type: 'file.attach',
    data: { fileId, conversationId: hanoi, messageId: greeting, ...data },
    meta: metaOf(by),
  }) as const;

describe('register a file', () => {
  test('anybody registers one', () => {
    expect(given().when(register(an))).toEqual({
      accepted: true,
      events: [{ type: 'file.registered', data: picture }],
    });
  });

  test('a retry changes nothing', () => {
    expect(given(registeredByAn).when(register(an))).toEqual({ accepted: true, events: [] });
  });

  test('the same key for another file is refused', () => {
    expect(given(registeredByAn).when(register(an, { name: 'hồ tây.jpg' }))).toEqual({
      accepted: false,
      code: 'idempotency-key-reused',
    });
  });

  test('100 MB are taken, and not a byte more', () => {
    expect(given().when(register(an, { sizeBytes: FILE_SIZE_BYTES_MAX }))).toMatchObject({ accepted: true });
    expect(given().when(register(an, { sizeBytes: FILE_SIZE_BYTES_MAX + 1 }))).toEqual({
      accepted: false,
      code: 'file-too-large',
    });
  });

  test.each(['image/svg+xml', 'text/html', 'application/x-msdownload', 'constructor/prototype'])(
    '%s is not taken',
    (mediaType) => {
      expect(given().when(register(an, { mediaType }))).toEqual({
        accepted: false,
        code: 'media-type-not-allowed',
      });
    },
  );
});

describe('attach a file', () => {
  test('its owner puts it into a message', () => {
    expect(given(registeredByAn).when(attach(an, { kind: 'image' }))).toEqual({
      accepted: true,
      events: [{ type: 'file.attached', data: attached.data }],
    });
  });

  test('a retry of the same message changes nothing', () => {
    expect(given(registeredByAn, attached).when(attach(an))).toEqual({ accepted: true, events: [] });
  });

  test('another message is refused', () => {
    expect(given(registeredByAn, attached).when(attach(an, { messageId: newId('msg') }))).toEqual({
      accepted: false,
      code: 'file-already-attached',
    });
  });

  test('somebody else is told that there is no such file, attached or not', () => {
    const refusal = { accepted: false, code: 'file-not-found' };
    expect(given(registeredByAn).when(attach(binh))).toEqual(refusal);
    expect(given(registeredByAn, attached).when(attach(binh))).toEqual(refusal);
    expect(given().when(attach(binh))).toEqual(refusal);
  });

  test('a picture is no video', () => {
    expect(given(registeredByAn).when(attach(an, { kind: 'video' }))).toEqual({
      accepted: false,
      code: 'file-of-another-kind',
    });
  });
});

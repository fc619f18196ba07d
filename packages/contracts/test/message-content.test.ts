import { describe, expect, test } from 'vitest';

import {
  type ConversationId,
  MENTION_COUNT_MAX,
  type MessageContent,
  newId,
  newUuidV7,
  previewText,
  SendMessageBody,
  SendTextBody,
  SendVoiceBody,
} from '../src/index.ts';

const conversationId: ConversationId = newId('cnv');
const clientMessageId = newUuidV7();
const said = (body: object) => ({ conversationId, clientMessageId, ...body });
const fileId = () => newId('fil');
const file = () => ({ fileId: fileId() });
const contentOf = (body: object) => SendMessageBody.parse(said(body)).content;
const attachments = [file()];
const stickerId = newId('stk');
const userId = newId('usr');
const entityOf = (field: object) => ({ content: '@Bình', entities: [{ offset: 0, length: 5, ...field }] });
const bold = { type: 'bold', offset: 0, length: 4 };

describe('a send of each type', () => {
  test.each([
    [{ content: 'Chào' }, { type: 'text', text: 'Chào' }],
    [
      { content: 'Chào', entities: [bold] },
      { type: 'text', text: 'Chào', entities: [bold] },
    ],
    [
      { type: 'image', attachments, content: 'Hồ Gươm' },
      { type: 'image', attachments, text: 'Hồ Gươm' },
    ],
    [
      { type: 'video', attachments },
      { type: 'video', attachments },
    ],
    [
      { type: 'audio', attachments, voice: true },
      { type: 'audio', attachments, voice: true },
    ],
    [
      { type: 'file', attachments },
      { type: 'file', attachments },
    ],
    [
      { type: 'sticker', stickerId },
      { type: 'sticker', stickerId },
    ],
    [
      { type: 'location', lat: 21.03, lng: 105.85, name: 'Hồ Gươm' },
      { type: 'location', lat: 21.03, lng: 105.85, name: 'Hồ Gươm' },
    ],
    [
      { type: 'contact', name: 'Chi', phone: '+84 24 3825 0000' },
      { type: 'contact', name: 'Chi', phone: '+84 24 3825 0000' },
    ],
    [
      { type: 'call', media: 'video', outcome: 'ended', durationMs: 61_000 },
      { type: 'call', media: 'video', outcome: 'ended', durationMs: 61_000 },
    ],
  ])('%j', (body, content) => {
    expect(contentOf(body)).toEqual(content);
  });

  test('may name its type in capitals', () => {
    expect(contentOf({ type: 'IMAGE', attachments })).toEqual({ type: 'image', attachments });
    expect(SendTextBody.parse(said({ type: 'TEXT', content: 'Chào' })).content.type).toBe('text');
  });

  test('to the route of voice messages is one', () => {
    expect(SendVoiceBody.parse(said({ attachments })).content).toEqual({
      type: 'audio',
      voice: true,
      attachments,
    });
  });
});

describe('refused is', () => {
  test.each([
    ['nothing at all', {}],
    ['a text without a word', { content: ' ' }],
    ['a text with a file', { content: 'Chào', attachments }],
    ['a picture that is not there', { type: 'image', attachments: [] }],
    ['eleven pictures', { type: 'image', attachments: Array.from({ length: 11 }, file) }],
    ['the same picture twice', { type: 'image', attachments: [attachments[0], attachments[0]] }],
    ['two files at once', { type: 'file', attachments: [file(), file()] }],
    ['a voice message with a text', { type: 'audio', attachments, voice: true, content: 'Nghe đi' }],
    ['a sticker with a text', { type: 'sticker', stickerId, content: 'Chào' }],
    ['no sticker', { type: 'sticker' }],
    ['a place that is not on Earth', { type: 'location', lat: 91, lng: 0 }],
    ['a person whom nobody can reach', { type: 'contact', name: 'Chi' }],
    ['a missed call of an hour', { type: 'call', media: 'audio', outcome: 'missed', durationMs: 3_600_000 }],
    ['what only the system says', { type: 'system', template: 'member-joined', variables: {} }],
    ['a type that is none', { type: 'hologram', content: 'Chào' }],
    ['bold beyond the text', { content: 'Chào', entities: [{ ...bold, length: 5 }] }],
    ['bold in a picture without a caption', { type: 'image', attachments, entities: [bold] }],
    ['a mention of nobody', entityOf({ type: 'mention' })],
    ['a mention of one and all', entityOf({ type: 'mention', userId, all: true })],
    ['a bold person', entityOf({ type: 'bold', userId })],
    [
      'a mention of too many',
      {
        content: '@',
        entities: Array.from({ length: MENTION_COUNT_MAX + 1 }, () => ({
          type: 'mention',
          offset: 0,
          length: 1,
          userId: newId('usr'),
        })),
      },
    ],
  ])('%s', (_, body) => {
    expect(SendMessageBody.safeParse(said(body)).success).toBe(false);
  });

  test('a fault in the words is named by the field that the sender knows', () => {
    const { error } = SendMessageBody.safeParse(
      said({ content: 'Chào', entities: [{ ...bold, length: 5 }] }),
    );
    expect(error?.issues.map(({ path }) => path)).toEqual([['entities']]);
  });
});

test('a list shows one line of any message', () => {
  const picture = { fileId: fileId(), name: 'ho-guom.jpg', sizeBytes: 1, mediaType: 'image/jpeg' };
  const contents = [
    { type: 'text', text: 'Chào' },
    { type: 'image', attachments: [picture] },
    { type: 'image', attachments: [picture, picture], text: 'Hồ Gươm' },
    { type: 'file', attachments: [{ ...picture, name: 'thực đơn.pdf' }] },
    { type: 'location', lat: 0, lng: 0 },
    { type: 'call', media: 'audio', outcome: 'missed' },
  ] as MessageContent[];
  expect(contents.map((content) => previewText(content))).toEqual([
    'Chào',
    'Photo',
    'Hồ Gươm',
    'thực đơn.pdf',
    'Location',
    'Missed audio call',
  ]);
  expect(previewText(null)).toBe('This message was deleted');
});

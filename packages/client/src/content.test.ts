import { type ContentToSend, SendMessageBody } from '@parley/contracts';
import { describe, expect, test } from 'vitest';

import { contentOf, type Sayable, sendBodyOf } from './content.ts';

const conversationId = 'cnv_01h455vb4pex5vsknk084sn02q';
const clientMessageId = '01938d3c-5f2a-7c3e-8f00-000000000001';
const fileId = 'fil_01h455vb4pex5vsknk084sn02q';
const userId = 'usr_01h455vb4pex5vsknk084sn02q';
const replyToId = 'msg_01h455vb4pex5vsknk084sn02q';

const written = { localId: 'one', conversationId, clientMessageId, createdAt: '', senderId: userId };

/** What the gateway understands of a send. */
function understood(said: Sayable): ContentToSend {
  const item = { ...written, content: contentOf(said) };
  return SendMessageBody.parse(sendBodyOf(item)).content;
}

describe('what is said reaches the server as it was meant', () => {
  const mention = { type: 'mention' as const, offset: 0, length: 5, userId };
  test.each<Exclude<Sayable, string>>([
    { type: 'text', text: '@Bình ơi', entities: [mention] },
    { type: 'image', attachments: [{ fileId, caption: 'phở' }], text: 'trưa nay' },
    { type: 'video', attachments: [{ fileId }] },
    { type: 'audio', attachments: [{ fileId }], voice: true },
    { type: 'file', attachments: [{ fileId }], text: 'báo cáo' },
    { type: 'sticker', stickerId: 'stk_00000000000000000000000001' },
    { type: 'location', lat: 21.03, lng: 105.85, name: 'Hồ Gươm' },
    { type: 'contact', name: 'Chi', userId },
  ])('a $type', (content) => {
    expect(understood(content)).toEqual(content);
  });

  test('a line of words is a text', () => {
    expect(understood('phở')).toEqual({ type: 'text', text: 'phở' });
  });

  test('an answer names what it answers', () => {
    const item = { ...written, replyToId };
    expect(SendMessageBody.parse(sendBodyOf({ ...item, content: contentOf('ừ') }))).toMatchObject({
      replyToId,
      clientMessageId,
    });
  });
});

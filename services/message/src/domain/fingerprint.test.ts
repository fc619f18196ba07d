import type { ContentToSend, FileId, SentContent } from '@parley/contracts';
import { expect, test } from 'vitest';

import { fingerprint } from './fingerprint.ts';

const fileId = 'fil_00000000000000000000000001' as FileId;

test('a content read back from a database is the one that was sent', () => {
  const sent: ContentToSend = {
    type: 'text',
    text: 'Chào An',
    entities: [{ type: 'bold', offset: 0, length: 4 }],
  };
  const read: ContentToSend = {
    text: 'Chào An',
    entities: [{ length: 4, offset: 0, type: 'bold' }],
    type: 'text',
  };
  expect(fingerprint(read)).toBe(fingerprint(sent));
});

test('a picture is the one that was asked for, whatever is known of its file', () => {
  const asked: ContentToSend = { type: 'image', attachments: [{ fileId }], text: 'Hồ Gươm' };
  const sent: SentContent = {
    type: 'image',
    attachments: [{ fileId, name: 'ho-guom.jpg', sizeBytes: 1, mediaType: 'image/jpeg' }],
    text: 'Hồ Gươm',
  };
  expect(fingerprint(sent)).toBe(fingerprint(asked));
  expect(fingerprint({ ...asked, text: 'Hồ Tây' })).not.toBe(fingerprint(asked));
});

test('two places are two contents', () => {
  const lake: ContentToSend = { type: 'location', lat: 21.0287, lng: 105.8524 };
  expect(fingerprint({ ...lake, lng: 105.8525 })).not.toBe(fingerprint(lake));
});

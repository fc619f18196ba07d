import type { ChatMessage, MessageStatus } from '@parley/client';
import type { FileId, MessageId, Timestamp, UserId } from '@parley/contracts';
import { describe, expect, test } from 'vitest';

import { type FoundMessage, hitLine, messageLine, plain, readersLine } from './render.ts';
import { styleFor } from './style.ts';

const colourless = styleFor(false);
const message = (status: MessageStatus, text = 'xin chào'): ChatMessage => ({
  key: 'one',
  conversationId: 'cnv_01h455vb4pex5vsknk084sn02q',
  senderId: 'usr_01h455vb4pex5vsknk084sn02q',
  isOwn: status !== 'received',
  text,
  content: { type: 'text', text },
  sentAt: '2026-11-21T05:00:00.000Z',
  status,
  isEdited: false,
  isDeleted: false,
  reactions: [],
  isPinned: false,
});
const line = (status: MessageStatus, text?: string) =>
  messageLine(message(status, text), () => 'Bình', colourless).slice('00:00 '.length);

describe('a message on the terminal', () => {
  test('has one tick when it is stored and two when somebody has it, and has read it', () => {
    expect(line('sent')).toBe('you: xin chào ✓');
    expect(line('delivered')).toBe('you: xin chào ✓✓');
    expect(line('read')).toBe('you: xin chào ✓✓');
  });

  test('of somebody else has none', () => {
    expect(line('received')).toBe('Bình: xin chào');
  });

  test('that nobody said is one line without a name', () => {
    const content = {
      type: 'system' as const,
      template: 'renamed',
      variables: { by: 'usr_b', name: 'Hà\nNội' },
    };
    const shown = messageLine({ ...message('received'), content }, () => 'Bình', colourless);
    expect(shown.slice('00:00 '.length)).toBe('· Bình named the group Hà Nội');
  });

  test('that answers another one says which', () => {
    const { senderId } = message('received');
    const quote = { messageId: 'msg_1' as MessageId, seq: 1, senderId: senderId as UserId };
    const answer = {
      ...message('received', 'ừ'),
      replyTo: { ...quote, preview: { type: 'text', text: 'Phở?' } },
    };
    expect(messageLine(answer as ChatMessage, () => 'Bình', colourless).slice('00:00 '.length)).toBe(
      'Bình: ↪ Bình: "Phở?" ừ',
    );
  });

  test('keeps its lines', () => {
    expect(line('received', 'one\r\ntwo')).toBe('Bình: one\n        two');
  });

  test('cannot move the cursor, change colours, ring or turn its direction', () => {
    expect(plain('a\u001b[2Jb\u0007c\u009b1md\u202ee\rf\tg')).toBe('a[2Jbc1mdefg');
  });
});

test('readers are named as one would say it', () => {
  expect(readersLine(['An'])).toBe('✓✓ read by An');
  expect(readersLine(['An', 'Bình', 'Chi'])).toBe('✓✓ read by An, Bình and Chi');
});

test('without colour nothing is added to a text', () => {
  expect([colourless.dim('text'), styleFor(true).dim('text')]).toEqual(['text', '\u001b[2mtext\u001b[0m']);
});

const found = (text: string, ...words: readonly string[]): FoundMessage => ({
  message: {
    senderId: 'usr_01h455vb4pex5vsknk084sn02q' as UserId,
    content: { type: 'text', text },
    sentAt: '2026-11-21T05:00:00.000Z' as Timestamp,
  },
  highlights: words.map((word) => ({ field: 'text', offset: text.indexOf(word), length: word.length })),
});

describe('a message that was found', () => {
  const bold = { ...colourless, unread: (text: string) => `*${text}*` };
  const hit = (text: string, ...words: readonly string[]) =>
    hitLine(found(text, ...words), { title: 'Hà Nội', nameOf: () => 'Bình', style: bold }).slice(17);

  test('shows where it was said, by whom, and what of it was found', () => {
    expect(hit('Em học tiếng Việt', 'tiếng', 'Việt')).toBe('[Hà Nội] Bình: Em học *tiếng* *Việt*');
  });

  test('shows the name of a file or a caption that it was found by', () => {
    const name = 'Báo cáo.pdf';
    const file = {
      fileId: 'fil_01h455vb4pex5vsknk084sn02q' as FileId,
      name,
      sizeBytes: 1,
      mediaType: 'application/pdf',
    };
    const withFile: FoundMessage = {
      message: { ...found('').message, content: { type: 'file', text: 'Đây', attachments: [file] } },
      highlights: [{ field: 'file-name', attachment: 0, offset: 0, length: 3 }],
    };
    const shown = hitLine(withFile, { title: 'Huế', nameOf: () => 'Bình', style: bold });
    expect(shown.slice(17)).toBe('[Huế] Bình: *Báo* cáo.pdf');
  });

  test('is cut to one line around the first place', () => {
    const long = `${'xa '.repeat(100)}đường${' gần'.repeat(100)}`;
    expect(hit(long, 'đường')).toMatch(/^\[Hà Nội\] Bình: …[xa ]{24}\*đường\*( gần)+[ gần]*…$/);
  });
});

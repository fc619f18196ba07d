import type { ChatMessage, ConversationSummary, MessageStatus } from '@parley/client';
import {
  previewText,
  type Quote,
  type SearchablePlace,
  type SearchHit,
  searchableParts,
} from '@parley/contracts';

import type { Style } from './style.ts';
import { systemText } from './system-line.ts';

const PREVIEW_LENGTH_MAX = 48;
const HIT_LENGTH_MAX = 120;
/** How much of what was said before a hit is shown with it. */
const HIT_LEAD_LENGTH = 24;

const ticks: { readonly [S in MessageStatus]: string } = {
  sending: '…',
  failed: '!',
  sent: '✓',
  delivered: '✓✓',
  read: '✓✓',
  received: '',
};

export type NameOf = (userId: string) => string;

/** What other people wrote may not move the cursor, change colours or ring: only lines and printable text pass. */
export function plain(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(/(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '');
}

export function messageLine(message: ChatMessage, nameOf: NameOf, style: Style): string {
  if (message.content?.type === 'system') {
    return style.dim(`${clock(message.sentAt)} · ${oneLine(systemText(message.content, nameOf))}`);
  }
  const tick = ticks[message.status];
  const name = message.isOwn ? style.own('you') : style.name(plain(nameOf(message.senderId)));
  const [first = '', ...rest] = plain(message.text).split('\n');
  const quoted = message.replyTo === undefined ? '' : style.dim(`↪ ${quoteLine(message.replyTo, nameOf)} `);
  const text = [`${quoted}${first}`, ...rest.map((line) => `        ${line}`)].join('\n');
  const mark = message.status === 'read' ? style.read(tick) : style.dim(tick);
  return `${style.dim(clock(message.sentAt))} ${name}: ${text}${tick === '' ? '' : ` ${mark}`}`;
}

export function conversationLine(
  summary: ConversationSummary,
  { number, nameOf, style }: { readonly number: number; readonly nameOf: NameOf; readonly style: Style },
): string {
  const { title, kind, memberCount, unreadCount, lastMessage } = summary;
  const people = kind === 'group' ? style.dim(` (${memberCount})`) : '';
  const unread = unreadCount > 0 ? style.unread(` ${unreadCount} new`) : '';
  const preview =
    lastMessage === undefined
      ? style.dim('nothing said yet')
      : style.dim(`${plain(nameOf(lastMessage.senderId))}: ${short(previewText(lastMessage.content))}`);
  return `${String(number).padStart(3)}  ${style.name(plain(title))}${people}${unread}  ${preview}`;
}

export interface FoundMessage extends Pick<SearchHit, 'highlights'> {
  readonly message: Pick<SearchHit['message'], 'content' | 'senderId' | 'sentAt'>;
}

/** A line around the first place that was found, with what was found made visible. */
export function hitLine(
  { message, highlights }: FoundMessage,
  { title, nameOf, style }: { readonly title: string; readonly nameOf: NameOf; readonly style: Style },
): string {
  const [place] = highlights;
  const isThere = (one: SearchablePlace) => one.field === place?.field && one.attachment === place.attachment;
  const { content } = message;
  const text =
    (content && searchableParts(content).find((part) => isThere(part))?.text) ?? previewText(content);
  const first = place?.offset ?? 0;
  const start = first < PREVIEW_LENGTH_MAX ? 0 : first - HIT_LEAD_LENGTH;
  const end = start + HIT_LENGTH_MAX;
  const shown: string[] = [];
  let at = start;
  for (const { offset, length } of highlights.filter(
    (one) => isThere(one) && one.offset + one.length <= end,
  )) {
    shown.push(oneLine(text.slice(at, offset)), style.unread(oneLine(text.slice(offset, offset + length))));
    at = offset + length;
  }
  shown.push(oneLine(text.slice(at, end)));
  const where = style.dim(`${dayOf(message.sentAt)} ${clock(message.sentAt)} [${plain(title)}]`);
  const cut = [start > 0 ? '…' : '', end < text.length ? '…' : ''];
  return `${where} ${style.name(plain(nameOf(message.senderId)))}: ${cut[0]}${shown.join('')}${cut[1]}`;
}

function quoteLine({ senderId, preview }: Quote, nameOf: NameOf): string {
  const text = preview === null ? 'deleted' : short(preview.text || preview.type);
  return `${plain(nameOf(senderId))}: "${text}"`;
}

/** `Chi has read it`, `Bình and Chi have read it`. */
export function readersLine(names: readonly string[]): string {
  const people = names.map((name) => plain(name));
  const last = people.at(-1) ?? '';
  const who = people.length < 2 ? last : `${people.slice(0, -1).join(', ')} and ${last}`;
  return `✓✓ read by ${who}`;
}

export function dayOf(time: string): string {
  const date = new Date(time);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function oneLine(text: string): string {
  return plain(text).replaceAll('\n', ' ');
}

export function short(text: string): string {
  const line = oneLine(text);
  return line.length > PREVIEW_LENGTH_MAX ? `${line.slice(0, PREVIEW_LENGTH_MAX - 1)}…` : line;
}

export function clock(time: string): string {
  const date = new Date(time);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

import type { ChatMessage } from '@parley/client';

import { isSameDay } from '../words/times.ts';

/** Said by one person within this time, messages stand together. */
const GROUP_MS = 5 * 60_000;

/** What a timeline shows, one under the other. */
export type TimelineRow =
  | { readonly kind: 'day'; readonly key: string; readonly at: string }
  | { readonly kind: 'new'; readonly key: 'new' }
  | { readonly kind: 'system'; readonly key: string; readonly message: ChatMessage }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly message: ChatMessage;
      /** The first, and the last, of those that stand together. */
      readonly isFirst: boolean;
      readonly isLast: boolean;
    };

/** `newAfter`: the number up to which the person had read when the conversation was opened. */
export function timelineRows(messages: readonly ChatMessage[], newAfter?: number): readonly TimelineRow[] {
  const rows: TimelineRow[] = [];
  const newKey = firstNew(messages, newAfter)?.key;
  messages.forEach((message, index) => {
    const before = messages[index - 1];
    const after = messages[index + 1];
    const startsDay = before === undefined || !isSameDay(new Date(before.sentAt), new Date(message.sentAt));
    if (startsDay) rows.push({ kind: 'day', key: `day ${message.key}`, at: message.sentAt });
    if (message.key === newKey) rows.push({ kind: 'new', key: 'new' });
    if (isSystem(message)) rows.push({ kind: 'system', key: message.key, message });
    else {
      const isFirst = startsDay || message.key === newKey || !standTogether(before, message);
      const isLast = after === undefined || after.key === newKey || !standTogether(message, after);
      rows.push({ kind: 'message', key: message.key, message, isFirst, isLast });
    }
  });
  return rows;
}

export function isSystem({ content }: ChatMessage): boolean {
  return content?.type === 'system';
}

/** The first that others have said after a number. */
function firstNew(messages: readonly ChatMessage[], after: number | undefined): ChatMessage | undefined {
  if (after === undefined) return undefined;
  return messages.find((message) => (message.seq ?? 0) > after && !message.isOwn && !isSystem(message));
}

function standTogether(one: ChatMessage | undefined, next: ChatMessage): boolean {
  if (one === undefined || isSystem(one) || isSystem(next) || one.senderId !== next.senderId) return false;
  const [from, to] = [new Date(one.sentAt), new Date(next.sentAt)];
  return isSameDay(from, to) && to.getTime() - from.getTime() < GROUP_MS;
}

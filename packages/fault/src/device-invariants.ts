import type { DeviceView, History, LogEntry } from './history.ts';
import { messagesOf, type Rule, sameMessage } from './log-invariants.ts';
import { membershipsOf } from './membership.ts';

/** What must hold between the log and what each device was told. */
export const deviceInvariants = {
  'no message is announced twice or out of order': ({ devices }) =>
    devices.flatMap((view) => {
      const last = new Map<string, number>();
      return view.announced.flatMap(({ conversationId, seq }) => {
        const before = last.get(conversationId) ?? 0;
        last.set(conversationId, Math.max(before, seq));
        return seq > before ? [] : [`${view.device} was told of ${seq} in ${conversationId} after ${before}`];
      });
    }),

  'there is no silent gap': ({ devices, log }) => {
    const numbers = numbersByConversation(log);
    const isMember = membershipsOf(log);
    return devices.flatMap((view) =>
      [
        ...Map.groupBy(view.announced, ({ conversationId, stay }) => `${conversationId} ${stay}`).values(),
      ].flatMap((told) => {
        const conversationId = told[0]?.conversationId ?? '';
        const seen = new Set(told.map(({ seq }) => seq));
        const first = told[0]?.seq ?? 0;
        const last = told.at(-1)?.seq ?? 0;
        return (numbers.get(conversationId) ?? [])
          .filter((seq) => seq > first && seq < last && !seen.has(seq))
          .filter((seq) => isMember(conversationId, view.userId, seq))
          .map((seq) => `${view.device} was never told of ${seq} in ${conversationId}`);
      }),
    );
  },

  'every device ends with what the log says': ({ devices, log }) => {
    const byConversation = Map.groupBy(messagesOf(log), ({ conversationId }) => conversationId);
    return devices.flatMap((view) =>
      view.conversations.flatMap(({ conversationId, floor, messages }) => {
        const expected = (byConversation.get(conversationId) ?? []).filter(({ seq }) => seq >= floor);
        const isSame =
          expected.length === messages.length &&
          expected.every((message, index) => {
            const shown = messages[index];
            return shown !== undefined && sameMessage(shown, message);
          });
        if (isSame) return [];
        return [`${view.device} shows ${messages.length} of ${expected.length} in ${conversationId}`];
      }),
    );
  },

  'every member has the conversation': (history) => missingConversations(history),

  'nothing is delivered to somebody who is no member': ({ devices, log }) => {
    const isMember = membershipsOf(log);
    return devices.flatMap(({ device, userId, deliveries }) =>
      deliveries
        .filter(({ conversationId, seq }) => !isMember(conversationId, userId, seq))
        .map(({ conversationId, seq }) => `${device} was sent ${seq} of ${conversationId} and is no member`),
    );
  },
} satisfies Readonly<Record<string, Rule>>;

function missingConversations({ devices, log }: History): readonly string[] {
  const isMember = membershipsOf(log);
  const conversationIds = new Set(
    log.map((entry) => (entry.kind === 'message' ? entry.message.conversationId : entry.conversationId)),
  );
  return devices.flatMap((view) =>
    [...conversationIds]
      .filter((conversationId) => isMember(conversationId, view.userId, Number.POSITIVE_INFINITY))
      .filter((conversationId) => !hasConversation(view, conversationId))
      .map((conversationId) => `${view.device} does not show ${conversationId}`),
  );
}

function hasConversation(view: DeviceView, conversationId: string): boolean {
  return view.conversations.some((one) => one.conversationId === conversationId);
}

function numbersByConversation(log: readonly LogEntry[]): ReadonlyMap<string, readonly number[]> {
  const groups = Map.groupBy(messagesOf(log), ({ conversationId }) => conversationId);
  return new Map(
    [...groups].map(([conversationId, messages]) => [conversationId, messages.map(({ seq }) => seq)]),
  );
}

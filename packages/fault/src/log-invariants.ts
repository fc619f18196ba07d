import type { History, LogEntry, Message, Send } from './history.ts';
import { membershipsOf } from './membership.ts';

/** What a rule finds: a sentence for each place where it is broken. */
export type Rule = (history: History) => readonly string[];

/** What must hold between what people sent, what they were answered, the log and its tables. */
export const logInvariants = {
  'an acknowledged send is in the log': ({ sends, log }) => {
    const stored = messagesById(log);
    return acknowledged(sends)
      .filter(({ outcome }) => !stored.has(outcome.messageId))
      .map((send) => `${nameOf(send)} was answered ok as number ${send.outcome.seq} and is not in the log`);
  },

  'the answer is what was stored': ({ sends, log }) => {
    const stored = messagesById(log);
    return acknowledged(sends).flatMap((send) => {
      const message = stored.get(send.outcome.messageId);
      if (message === undefined) return [];
      const isSame =
        message.seq === send.outcome.seq &&
        message.conversationId === send.conversationId &&
        message.senderId === send.userId &&
        message.clientMessageId === send.clientMessageId &&
        message.text === send.text;
      return isSame ? [] : [`${nameOf(send)} is stored as something else: ${JSON.stringify(message)}`];
    });
  },

  'what is in the log was sent by somebody': ({ sends, log }) => {
    const sent = new Set(sends.map(sendKey));
    return messagesOf(log)
      .filter((message) => !sent.has(messageKey(message)))
      .map(({ messageId, seq }) => `${messageId} (number ${seq}) was sent by nobody`);
  },

  'a refused send is not stored': ({ sends, log }) => {
    const stored = new Set(messagesOf(log).map(messageKey));
    return sends
      .filter((send) => send.outcome.kind === 'refused' && stored.has(sendKey(send)))
      .map((send) => `${nameOf(send)} was refused and is in the log`);
  },

  'a send is stored once': ({ log }) => {
    const byKey = Map.groupBy(messagesOf(log), messageKey);
    return [...byKey.values()]
      .filter(({ length }) => length > 1)
      .map((doubles) => `one send has the numbers ${doubles.map(({ seq }) => seq).join(', ')}`);
  },

  'numbers have no hole': ({ log }) => {
    const found: string[] = [];
    const last = new Map<string, number>();
    for (const entry of log) {
      const { conversationId, seq } = placeOf(entry);
      const expected = (last.get(conversationId) ?? 0) + 1;
      if (seq !== expected) found.push(`${conversationId}: ${seq} stands where ${expected} belongs`);
      last.set(conversationId, seq);
    }
    return found;
  },

  "a device's sends keep their order": ({ sends, log }) => {
    const numbers = numbersBySend(log);
    const lanes = Map.groupBy(sends, ({ device, conversationId }) => `${device} in ${conversationId}`);
    return [...lanes].flatMap(([lane, inOrder]) => {
      const stored = inOrder.map((send) => numbers.get(sendKey(send))).filter((seq) => seq !== undefined);
      return stored
        .filter((seq, index) => seq < (stored[index - 1] ?? 0))
        .map((seq) => `${lane}: number ${seq} was handed in after a later one`);
    });
  },

  'a send made after an answer comes later': ({ sends, log }) => {
    const numbers = numbersBySend(log);
    const byConversation = Map.groupBy(sends, ({ conversationId }) => conversationId);
    return [...byConversation.values()].flatMap((all) => realTimeInversions(all, numbers));
  },

  'nothing is accepted from somebody who is no member': ({ log }) => {
    const isMember = membershipsOf(log);
    return messagesOf(log)
      .filter(({ conversationId, senderId, seq }) => !isMember(conversationId, senderId, seq))
      .map(({ conversationId, seq }) => `${conversationId}: number ${seq} is by somebody who was no member`);
  },

  'the tables are a fold of the log': ({ log, rows }) => {
    const expected = new Map(messagesOf(log).map((message) => [placeKey(message), message]));
    const found = new Map(rows.map((row) => [placeKey(row), row]));
    const missing = [...expected.keys()].filter((key) => !found.has(key)).map((key) => `${key} has no row`);
    const wrong = [...found].flatMap(([key, row]) => {
      const message = expected.get(key);
      if (message === undefined) return [`${key} is a row and not in the log`];
      return sameMessage(row, message) ? [] : [`the row of ${key} differs from the log`];
    });
    return [...missing, ...wrong, ...(rows.length > found.size ? ['a message has several rows'] : [])];
  },
} satisfies Readonly<Record<string, Rule>>;

export function messagesOf(log: readonly LogEntry[]): readonly Message[] {
  return log.flatMap((entry) => (entry.kind === 'message' ? [entry.message] : []));
}

export function sameMessage(one: Message, other: Message): boolean {
  return (
    one.conversationId === other.conversationId &&
    one.seq === other.seq &&
    one.messageId === other.messageId &&
    one.senderId === other.senderId &&
    one.clientMessageId === other.clientMessageId &&
    one.text === other.text
  );
}

function placeOf(entry: LogEntry): { readonly conversationId: string; readonly seq: number } {
  return entry.kind === 'message' ? entry.message : entry;
}

function placeKey({ conversationId, seq }: Message): string {
  return `number ${seq} of ${conversationId}`;
}

type Acknowledged = Send & { readonly outcome: Extract<Send['outcome'], { kind: 'ok' }> };

function acknowledged(sends: readonly Send[]): readonly Acknowledged[] {
  return sends.filter((send): send is Acknowledged => send.outcome.kind === 'ok');
}

function messagesById(log: readonly LogEntry[]): ReadonlyMap<string, Message> {
  return new Map(messagesOf(log).map((message) => [message.messageId, message]));
}

/** What makes a send one send, however often it is tried. */
function sendKey({ conversationId, userId, clientMessageId }: Send): string {
  return `${conversationId} ${userId} ${clientMessageId}`;
}

function messageKey({ conversationId, senderId, clientMessageId }: Message): string {
  return `${conversationId} ${senderId} ${clientMessageId}`;
}

function numbersBySend(log: readonly LogEntry[]): ReadonlyMap<string, number> {
  return new Map(messagesOf(log).map((message) => [messageKey(message), message.seq]));
}

function nameOf({ device, clientMessageId, text }: Send): string {
  return `"${text}" (${clientMessageId}) of ${device}`;
}

/** From the last number down: nothing may have been handed in after the answer to a send with a higher number. */
function realTimeInversions(sends: readonly Send[], numbers: ReadonlyMap<string, number>): readonly string[] {
  const stored = sends
    .map((send) => ({ send, seq: numbers.get(sendKey(send)) ?? 0 }))
    .filter(({ seq }) => seq > 0)
    .toSorted((one, other) => other.seq - one.seq);
  const found: string[] = [];
  let earliestAnswerMs = Number.POSITIVE_INFINITY;
  for (const { send, seq } of stored) {
    if (send.submittedAtMs > earliestAnswerMs) {
      found.push(`${nameOf(send)} has number ${seq}, though a later number was answered before it was sent`);
    }
    if (send.outcome.kind === 'ok') earliestAnswerMs = Math.min(earliestAnswerMs, send.outcome.atMs);
  }
  return found;
}
